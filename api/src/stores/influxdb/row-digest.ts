/**
 * A digest of events in order, the same whoever works it out. Numbers are hashed as numbers and names only where they
 * change, since to make a text of each event costs as much as to read it.
 */
import { createHash, type Hash } from 'node:crypto';
import type { EventRow } from '../../ports.ts';

/** What neighbouring events mostly have in common. */
interface Heading {
  readonly source: string;
  readonly trip: string | null;
  /** JSON of trouble codes. */
  readonly dtcs: string;
  /** Of the signals, in order. */
  readonly names: string[];
}

/** Numbers that are hashed together: to call for each event costs as much as the rest. */
const HASHED_AT_ONCE = 256;
/** Numbers of an event beside its values. */
const OWN_NUMBERS = 4;

/** 96 bits: no two of the events that a fleet has in a century meet. */
const DIGEST_CHARACTERS = 16;

const NO_NUMBERS = new Float64Array(0);

export class RowDigest {
  #hash: Hash = createHash('sha1');
  #heading: Heading = { source: '', trip: null, dtcs: '', names: [] };
  /** What the hash has yet to take; no room before there is any: a digest may be kept for long, and never go on. */
  #numbers = NO_NUMBERS;
  #count = 0;

  add({ ts, seq, trip, source, values, dtcs }: EventRow): void {
    const codes = dtcs === undefined ? '' : JSON.stringify(dtcs);
    const own = this.#count;
    const { names } = this.#heading;
    let count = 0;
    let isSame = source === this.#heading.source && trip === this.#heading.trip && codes === this.#heading.dtcs;
    for (const name in values) {
      if (names[count] !== name) {
        names[count] = name;
        isSame = false;
      }
      this.#put(own + OWN_NUMBERS + count++, values[name] as number);
    }
    if (names.length > count) {
      names.length = count;
      isSame = false;
    }
    this.#put(own, isSame ? 0 : 1);
    this.#put(own + 1, ts);
    this.#put(own + 2, seq);
    this.#put(own + 3, count);
    this.#count = own + OWN_NUMBERS + count;
    if (!isSame) this.#begin({ source, trip, dtcs: codes, names });
    if (this.#count > HASHED_AT_ONCE) this.#takeNumbers();
  }

  /** Another one that goes on from here. */
  copy(): RowDigest {
    this.#takeNumbers();
    const copy = new RowDigest();
    copy.#hash = this.#hash.copy();
    copy.#heading = { ...this.#heading, names: [...this.#heading.names] };
    return copy;
  }

  /** The digest; nothing can be added any more. */
  end(): string {
    this.#takeNumbers();
    return this.#hash.digest('base64url').slice(0, DIGEST_CHARACTERS);
  }

  #put(at: number, value: number): void {
    if (at >= this.#numbers.length) {
      const larger = new Float64Array(2 * Math.max(at, HASHED_AT_ONCE));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = value;
  }

  /** Its text stands behind the numbers of the event that has it first, which say how many names there are. */
  #begin(heading: Heading): void {
    this.#heading = heading;
    this.#takeNumbers();
    this.#hash.update(`${JSON.stringify(heading)}\n`);
  }

  #takeNumbers(): void {
    if (this.#count === 0) return;
    this.#hash.update(new Uint8Array(this.#numbers.buffer, 0, this.#count * Float64Array.BYTES_PER_ELEMENT));
    this.#count = 0;
  }
}

/** A digest of several. */
export function digestOf(parts: unknown): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, DIGEST_CHARACTERS);
}
