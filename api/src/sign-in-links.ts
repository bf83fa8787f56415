/** A link that signs in, in words and as a code for a phone's camera. */
import { renderUnicodeCompact } from 'uqr';
import { SIGNIN_MS } from './access/tokens.ts';

/** Lines for a terminal: the last of these addresses' links as a code, then each as text. */
export function signInLinks(addresses: readonly string[], token: string): string {
  const links = addresses.map((address) => `${address}/signin?token=${token}`);
  const code = renderUnicodeCompact(links.at(-1) ?? '', { border: 2 });
  const texts = links.map((link) => `  ${link}`);
  return [`Sign in, once, within ${SIGNIN_MS / 60_000} minutes:`, '', code, '', ...texts].join('\n');
}
