/** Texts that come again and again, such as the names of vehicles: they are checked and made once. */
import { NOWHERE } from './nowhere.ts';

const QUOTE = 0x22;

/** Characters of the longest text that an event may hold: a vehicle's name. */
const LONGEST = 64;
/** Places for texts; one takes another's. */
const PLACES = 256;

interface Known {
  /** As it stands in the bytes. */
  readonly text: string;
  readonly meaning: string;
}

/** Texts of a pattern, which must leave out quotes, backslashes and whatever is not ASCII. */
export class KnownTexts {
  /** What the text means that was taken in last; undefined where it was none. */
  meaning: string | undefined;
  readonly #known: (Known | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  readonly #pattern: RegExp;
  readonly #meaningOf: (text: string) => string;

  /** `meaningOf` makes of a text what it stands for. */
  constructor(pattern: RegExp, meaningOf = (text: string) => text) {
    this.#pattern = pattern;
    this.#meaningOf = meaningOf;
  }

  /** Takes in the JSON string that begins somewhere; where it ends, or `NOWHERE` where it is not plainly of the pattern. */
  take(bytes: Buffer, quote: number): number {
    this.meaning = undefined;
    if (bytes[quote] !== QUOTE) return NOWHERE;
    const start = quote + 1;
    const last = Math.min(start + LONGEST, bytes.length - 1);
    let hash = 0;
    let end = start;
    for (; bytes[end] !== QUOTE; end++) {
      if (end >= last) return NOWHERE;
      hash = (Math.imul(hash, 31) + (bytes[end] as number)) | 0;
    }
    const place = hash & (PLACES - 1);
    const known = this.#known[place];
    const isKnown = known !== undefined && isAt(known.text, bytes, start, end);
    this.meaning = isKnown ? known.meaning : this.#learn(bytes, start, end, place);
    return this.meaning === undefined ? NOWHERE : end + 1;
  }

  #learn(bytes: Buffer, start: number, end: number, place: number): string | undefined {
    const text = bytes.toString('latin1', start, end);
    if (!this.#pattern.test(text)) return undefined;
    const meaning = this.#meaningOf(text);
    this.#known[place] = { text, meaning };
    return meaning;
  }
}

function isAt(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}
