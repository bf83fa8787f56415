/** Reads times of events from their bytes, as `parseTimestamp` does. */
import { parseTimestamp } from '@fleet/contract';
import { isDigit, ZERO } from './digits.ts';

const [POINT, COLON, UPPER_T, UPPER_Z, QUOTE] = [0x2e, 0x3a, 0x54, 0x5a, 0x22];

/** `2025-11-04T12:00:00`, of which the date is the first part. */
const [DATE_LENGTH, LENGTH] = [10, 19];
const MOST_DECIMALS = 9;
const MILLIS_OF_DIGIT = [100, 10, 1];

export class TimeReader {
  /** Where the time that was read last ends, its quote included. */
  end = 0;
  /** The last day that was read: most times are of the same. */
  readonly #date = Buffer.alloc(DATE_LENGTH);
  #dayMs = Number.NaN;

  /** Milliseconds since 1970 of the JSON string that begins somewhere; NaN where it is not plainly a time of an event. */
  read(bytes: Buffer, quote: number): number {
    const start = quote + 1;
    if (bytes[quote] !== QUOTE || bytes[start + DATE_LENGTH] !== UPPER_T) return Number.NaN;
    const ofDay = clockAt(bytes, start + DATE_LENGTH + 1);
    const end = fractionEnd(bytes, start + LENGTH);
    if (bytes[end] !== UPPER_Z || bytes[end + 1] !== QUOTE) return Number.NaN;
    this.end = end + 2;
    return this.#dayAt(bytes, start) + ofDay + millisecondsIn(bytes, start + LENGTH + 1, end);
  }

  /** Milliseconds since 1970 of the day whose date is there. */
  #dayAt(bytes: Buffer, start: number): number {
    const date = this.#date;
    for (let index = 0; index < DATE_LENGTH; index++) {
      if (bytes[start + index] !== date[index]) return this.#learn(bytes, start);
    }
    return this.#dayMs;
  }

  #learn(bytes: Buffer, start: number): number {
    const day = parseTimestamp(`${bytes.toString('latin1', start, start + DATE_LENGTH)}T00:00:00Z`);
    if (typeof day === 'string') return Number.NaN;
    bytes.copy(this.#date, 0, start, start + DATE_LENGTH);
    this.#dayMs = day;
    return day;
  }
}

/** The milliseconds of `12:00:00`; NaN where there is no time of day. */
function clockAt(bytes: Buffer, start: number): number {
  if (bytes[start + 2] !== COLON || bytes[start + 5] !== COLON) return Number.NaN;
  const minutes = pairAt(bytes, start, 23) * 60 + pairAt(bytes, start + 3, 59);
  return (minutes * 60 + pairAt(bytes, start + 6, 59)) * 1_000;
}

/** Where a fraction of a second ends that may begin somewhere; where it begins, if it has no digits or too many. */
function fractionEnd(bytes: Buffer, start: number): number {
  if (bytes[start] !== POINT) return start;
  let end = start + 1;
  while (isDigit(bytes[end])) end++;
  return end > start + 1 && end <= start + 1 + MOST_DECIMALS ? end : start;
}

/** The milliseconds in the digits of a fraction. */
function millisecondsIn(bytes: Buffer, start: number, end: number): number {
  let millis = 0;
  for (let place = 0; place < 3 && start + place < end; place++) {
    millis += ((bytes[start + place] as number) - ZERO) * (MILLIS_OF_DIGIT[place] as number);
  }
  return millis;
}

/** The number in two digits; NaN where there are none, or it is greater than the greatest. */
function pairAt(bytes: Buffer, at: number, greatest: number): number {
  const [tens, ones] = [bytes[at], bytes[at + 1]];
  const pair = isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : Number.NaN;
  return pair <= greatest ? pair : Number.NaN;
}
