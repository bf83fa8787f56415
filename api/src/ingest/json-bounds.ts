/**
 * Bounds of what a JSON text consists of, held before it is parsed: to count takes a millisecond a MiB, to parse a
 * hundred thousand names or empty objects holds up everybody else for a hundred times as long.
 */
import { bad, type Problem, problem, type Result } from '@fleet/contract';
import { MAX_DEPTH, parseJson } from './decode.ts';

export interface JsonBounds {
  /** Most values in all, counted by what opens and what separates them: `{`, `[` and `,`. */
  readonly values: number;
  /** Most members of one object. */
  readonly members: number;
}

/** The JSON value in a text of UTF-8 bytes that is within bounds. */
export function parseWithin(bytes: Buffer, bounds: JsonBounds): Result<unknown, Problem> {
  const detail = excessIn(bytes, bounds);
  if (detail === undefined) return parseJson(bytes);
  return bad(problem('malformed-body', `the body ${detail}`, [{ pointer: '', detail }]));
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** By byte: what it says of the form of a text; nothing for most. */
const MARKS = new Uint8Array(256);
const [OBJECT, ARRAY, END, NEXT] = [1, 2, 3, 4];
for (const [text, mark] of [
  ['{', OBJECT],
  ['[', ARRAY],
  ['}]', END],
  [',', NEXT],
] as const) {
  for (const byte of Buffer.from(text)) MARKS[byte] = mark;
}

/** Which bound a JSON text is beyond, in words. What is no JSON, or nested too deep, is left to the parser. */
function excessIn(bytes: Uint8Array, bounds: JsonBounds): string | undefined {
  const tally = new Tally(bounds);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    const mark = MARKS[byte] as number;
    if (byte === QUOTE) at = endOfString(bytes, at + 1);
    else if (mark !== 0 && !tally.goesOn(mark)) return tally.excess;
  }
  return undefined;
}

/** Where the quote is that ends a string. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** In place of a count of members: an array may have as many items as there may be values. */
const UNCOUNTED = Number.NEGATIVE_INFINITY;

class Tally {
  readonly #bounds: JsonBounds;
  /** Members so far of each object that is open, by depth. */
  readonly #open = new Float64Array(MAX_DEPTH + 2);
  #depth = 0;
  #values = 0;
  excess: string | undefined;

  constructor(bounds: JsonBounds) {
    this.#bounds = bounds;
  }

  /** Takes a mark; false where nothing more need be counted. */
  goesOn(mark: number): boolean {
    if (mark === END) this.#depth--;
    else this.#count(mark);
    return this.excess === undefined && this.#depth <= MAX_DEPTH;
  }

  #count(mark: number): void {
    const { values, members } = this.#bounds;
    if (mark !== NEXT) this.#depth++;
    const count = mark === NEXT ? (this.#open[this.#depth] ?? UNCOUNTED) + 1 : mark === OBJECT ? 1 : UNCOUNTED;
    this.#open[this.#depth] = count;
    if (++this.#values > values) this.excess = `has more than ${values} values`;
    else if (count > members) this.excess = `has an object with more than ${members} members`;
  }
}
