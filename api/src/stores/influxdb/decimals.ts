/** Numbers as decimal digits in bytes, just as JavaScript prints them: a text of each would cost ten times as much. */
import { ZERO } from '../../ingest/digits.ts';

const [MINUS, POINT] = [0x2d, 0x2e];

/** What fits into 32 bits. */
const LOW = 1_000_000_000;
const LOW_DIGITS = 9;

/** A number of so many decimals has no more of them than `MOST_DIGITS` in all where it is below `MOST_SCALED` times that. */
const DECIMALS = 7;
const SCALE = 10 ** DECIMALS;
/** With up to 15 digits, a decimal number is the shortest of those that the nearest double prints as. */
const MOST_SCALED = 10 ** 15;
/** Smaller ones are printed with an exponent. */
const LEAST = 1e-6;

/** Most bytes of a number. */
export const MOST_NUMBER_BYTES = 25;

/** Writes a number; where it ends. */
export function putNumber(bytes: Uint8Array, start: number, value: number): number {
  const size = Math.abs(value);
  const scaled = Math.round(size * SCALE);
  if (scaled / SCALE !== size || scaled >= MOST_SCALED || (size < LEAST && size > 0))
    return putText(bytes, start, `${value}`);
  let at = start;
  if (value < 0) bytes[at++] = MINUS;
  const whole = Math.floor(size);
  at = putInteger(bytes, at, whole);
  const rest = Math.round(scaled - whole * SCALE);
  return rest === 0 ? at : putDecimals(bytes, at, rest);
}

/** Writes an integer from 0 to 2^53; where it ends. */
export function putInteger(bytes: Uint8Array, start: number, value: number): number {
  if (value >= LOW) {
    const high = Math.floor(value / LOW);
    return putPadded(bytes, putInteger(bytes, start, high), value - high * LOW, LOW_DIGITS);
  }
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  return putPadded(bytes, start, value, digits);
}

/** Writes an integer of less than 10^9 with so many digits, zeros before it; where it ends. */
export function putPadded(bytes: Uint8Array, start: number, value: number, digits: number): number {
  let rest = value | 0;
  for (let at = start + digits - 1; at >= start; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  return start + digits;
}

/** Writes short ASCII; where it ends. */
export function putText(bytes: Uint8Array, start: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[start + index] = text.charCodeAt(index);
  return start + text.length;
}

/** Writes `DECIMALS` digits behind a point, without the zeros at their end. */
function putDecimals(bytes: Uint8Array, start: number, rest: number): number {
  bytes[start] = POINT;
  let end = putPadded(bytes, start + 1, rest, DECIMALS);
  while (bytes[end - 1] === ZERO) end--;
  return end;
}
