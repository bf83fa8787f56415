/** A link that is shown once: to send, or to be scanned from this screen. */
import { CopyLines } from '../ui/copy-lines.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { ReachNote } from '../ui/reach-note.tsx';

export function LinkToHand({ url, text }: { readonly url: string; readonly text: string }) {
  return (
    <>
      <p>{text}</p>
      <ReachNote url={url} />
      <CopyLines label={new URL(url).host} lines={url} />
      <QrCode text={url} label={url} />
    </>
  );
}
