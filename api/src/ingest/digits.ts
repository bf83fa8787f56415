/** Digits as bytes of a text. */

export const ZERO = 0x30;
const NINE = 0x39;

export function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
