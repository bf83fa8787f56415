/** Text and numbers as XML 1.0 wants them. */

/** Line ends and tabs too: parsers would make them newlines, and in attributes spaces. */
const SPECIAL = /[&<>"'\t\n\r]/g;
const NAMED: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
/** All but the characters that a document may hold (XML 1.0 §2.2); no escape helps these. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Text for an element or an attribute; U+FFFD stands where XML has no way to say a character. */
export function escapeXml(text: string): string {
  return text
    .replace(FORBIDDEN, '\uFFFD')
    .replace(SPECIAL, (character) => `&${NAMED[character] ?? `#${character.charCodeAt(0)}`};`);
}

/** A number as an xsd:decimal, which has no exponent. As exact as twenty decimal places are. */
export function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
