/** What of a raw request must not be kept: keys, passwords, names of networks, addresses of people. */

const SECRET_NAMES = 'pass|token|secret|key|ssid|eml|email';

/** Whatever stands behind the name of a member: text, a list, an object, or a word; its end may be missing. */
const VALUE = `"(?:[^"\\\\]|\\\\.)*"?|'[^']*'?|\\[[^\\]]*\\]?|\\{[^}]*\\}?|[^\\s,}\\]]+`;

// Names are bounded: unbounded ones would be looked for from everywhere to the end.
const MEMBERS = new RegExp(`((["'])[^"']{0,64}(?:${SECRET_NAMES})[^"']{0,64}\\2\\s{0,9}:\\s{0,9})(?:${VALUE})`, 'gis');
const PARAMETERS = new RegExp(`((?:^|[?&\\n])[^=&\\n]{0,64}(?:${SECRET_NAMES})[^=&\\n]{0,64}=)[^&\\n]*`, 'gi');

/** The text with stars for what is named like a secret, in JSON or in a query, and for the key itself. */
export function withoutSecrets(text: string, key: string | null): string {
  const keyless = key === null || key === '' ? text : text.replaceAll(key, '***');
  return keyless.replaceAll(MEMBERS, '$1"***"').replaceAll(PARAMETERS, '$1***');
}

const SECRET_WORD = /(^|_)(pass|passwd|password|passcode|pwd|token|secret|apikey|ssid|eml|email)(_|$)|^(api_)?key$/;

/** Whether a name in the form of signals is that of a secret. */
export function isSecretName(snake: string): boolean {
  return SECRET_WORD.test(snake);
}
