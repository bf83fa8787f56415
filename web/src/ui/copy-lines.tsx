/** Lines to copy: a command, a key, a link. */
import { useRef, useState } from 'react';
import { useText } from '../text/use-text.ts';

export function CopyLines({ lines, label }: { readonly lines: string; readonly label: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  const text = useRef<HTMLPreElement>(null);
  const copy = async () => setCopied(await toClipboard(lines, text.current));
  return (
    <figure className="copy-lines">
      <figcaption>
        <span>{label}</span>
        <button type="button" onClick={() => void copy()}>
          {copied ? t('common.copied') : t('common.copy')}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by keyboard */}
      <pre tabIndex={0} ref={text}>
        <code>{lines}</code>
      </pre>
    </figure>
  );
}

/** Whether the lines are in the clipboard. Without https, as in most homes, browsers have only the old way: marked text. */
async function toClipboard(lines: string, shown: HTMLElement | null): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(lines).then(
      () => true,
      () => false,
    );
  }
  if (shown !== null) getSelection()?.selectAllChildren(shown);
  return document.execCommand('copy');
}
