/** What of a raw request must not be kept: keys, passwords, names of networks, addresses of people. */

const SECRET_NAMES = 'pass|token|secret|key|ssid|eml|email';
const MEMBERS = new RegExp(`("[^"]*(?:${SECRET_NAMES})[^"]*"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const PARAMETERS = new RegExp(`((?:^|[?&\\n])[^=&\\n]*(?:${SECRET_NAMES})[^=&\\n]*=)[^&\\n]*`, 'gi');

/** The text with stars for what is named like a secret, in JSON or in a query, and for the key itself. */
export function withoutSecrets(text: string, key: string | undefined): string {
  const hidden = text.replaceAll(MEMBERS, '$1"***"').replaceAll(PARAMETERS, '$1***');
  return key === undefined || key === '' ? hidden : hidden.replaceAll(key, '***');
}
