/** Reads numbers of JSON (RFC 8259 §6) from their bytes, to the last bit as `JSON.parse` does. */
import { isDigit, ZERO } from './digits.ts';

const [MINUS, POINT, UPPER_E, LOWER_E] = [0x2d, 0x2e, 0x45, 0x65];

/**
 * So many digits make an integer that a double holds exactly, and so does each of these powers: their quotient is the double
 * that is nearest to the decimal number (Clinger 1990).
 */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
/** A number that is longer is none that anyone measured. */
const LONGEST = 64;

export class NumberReader {
  /** Where the number that was read last ends; where it would begin, if there was none. */
  end = 0;

  /** The number that begins somewhere; NaN where none plainly does. */
  read(bytes: Buffer, start: number): number {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let digits = 0;
    let end = first;
    let byte = bytes[end];
    for (; isDigit(byte); byte = bytes[++end]) digits = digits * 10 + byte - ZERO;
    const point = end;
    if (byte === POINT) {
      for (byte = bytes[++end]; isDigit(byte); byte = bytes[++end]) digits = digits * 10 + byte - ZERO;
    }
    if (end - first > MOST_DIGITS || !isPlain(bytes, first, point, end)) return this.#readAny(bytes, start);
    this.end = end;
    const value = end > point ? digits / (POWERS[end - point - 1] as number) : digits;
    return isNegative ? -value : value;
  }

  /** Also one with an exponent, or with more digits than a double has. */
  #readAny(bytes: Buffer, start: number): number {
    const text = NUMBER.exec(bytes.toString('latin1', start, start + LONGEST))?.[0] ?? '';
    const isNumber = text !== '' && text.length < LONGEST;
    this.end = isNumber ? start + text.length : start;
    return isNumber ? Number(text) : Number.NaN;
  }
}

/** Whether it has digits before its point, and behind it if there is one, and neither a zero before others nor an exponent. */
function isPlain(bytes: Buffer, first: number, point: number, end: number): boolean {
  if (point === first || end === point + 1 || bytes[end] === LOWER_E || bytes[end] === UPPER_E) return false;
  return bytes[first] !== ZERO || point === first + 1;
}
