/** How an app or a dongle is told where to send: an address, a few steps, and a code for the phone's camera. */
import { renderSVG, renderUnicodeCompact } from 'uqr';
import type { Format } from './format.ts';

/** As the API has it. */
export interface AppSetup {
  /** The name of the format. */
  readonly app: string;
  readonly title: string;
  readonly url: string;
  readonly steps: readonly string[];
  /** Opens the app and sets it up, where the app has such links. */
  readonly link: string | null;
  /** The link, or else the address, as a QR code. */
  readonly qr_svg: string;
}

/** The setup for a key; `server` is where devices reach it, without a slash at the end. */
export function setupOf({ name, title, setup }: Format, server: string, key: string): AppSetup {
  const { url, steps, link = null } = setup({ server, key, url: `${server}/i/${name}/${key}` });
  return { app: name, title, url, steps, link, qr_svg: renderSVG(link ?? url) };
}

/** The code for a terminal, dark on light where the terminal is light on dark. */
export function qrText({ link, url }: AppSetup): string {
  return renderUnicodeCompact(link ?? url, { border: 2 });
}
