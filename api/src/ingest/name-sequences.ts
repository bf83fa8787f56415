/**
 * The sequences of names in which events came so far, as a tree. A device sends the same names in the same order all along:
 * then the next name is only compared, and whatever depends on the names alone was judged when the sequence came first.
 */
import {
  CUSTOM_SIGNAL_NAME,
  ENVELOPE_NAMES,
  isSignalName,
  MAX_CUSTOM_SIGNALS,
  RESERVED_NAMES,
  SIGNALS,
} from '@fleet/contract';

/** A name as it stands in JSON, with its quotes and the colon: compared four bytes at a time, of which the last may overlap. */
interface Key {
  readonly length: number;
  readonly words: readonly number[];
  readonly last: number;
}

/** A name within a sequence. */
export interface Step {
  readonly name: string;
  readonly key: Key;
  /** Whether it is a signal's, whose value is a number between these, both included. */
  readonly isSignal: boolean;
  readonly min: number;
  readonly max: number;
  readonly before: Step | undefined;
  readonly next: Step[];
  /** The names of signals, of an event that ends here; null where there is no valid event of these names. */
  signals: readonly string[] | null | undefined;
}

const [QUOTE, COLON] = [0x22, 0x3a];
const LONGEST_NAME = 64;
/** Steps that are remembered; with more, all are learnt anew: a device that makes up names must not fill the memory. */
const MOST_STEPS = 4_096;
/** Names that are remembered after the same ones before. */
const MOST_NEXT = 16;

export class NameSequences {
  #first = step('', undefined);
  #count = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(this.#bytes.buffer);

  /** Where every event begins. */
  get first(): Step {
    return this.#first;
  }

  /** The step to the name at a place in a JSON text; undefined where no name of an event is plainly there. */
  follow(from: Step, bytes: Buffer, at: number): Step | undefined {
    const view = this.#viewOf(bytes);
    const { next } = from;
    for (let index = 0; index < next.length; index++) {
      const candidate = next[index] as Step;
      if (!isAt(candidate.key, view, at)) continue;
      // What comes often comes first.
      if (index > 0) [next[index - 1], next[index]] = [candidate, next[index - 1] as Step];
      return candidate;
    }
    return this.#learn(from, bytes, at);
  }

  /** The names of the signals of an event that ends here; undefined where it can't be valid. */
  signalsAt(end: Step): readonly string[] | undefined {
    if (end.signals === undefined) end.signals = signalsOf(end) ?? null;
    return end.signals ?? undefined;
  }

  /** Bytes as a view: most events come in the same bytes as the one before. */
  #viewOf(bytes: Buffer): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  #learn(from: Step, bytes: Buffer, at: number): Step | undefined {
    if (bytes[at] !== QUOTE) return undefined;
    const end = bytes.indexOf(QUOTE, at + 1);
    if (end < 0 || end - at > LONGEST_NAME + 1 || bytes[end + 1] !== COLON) return undefined;
    const name = bytes.toString('latin1', at + 1, end);
    if (!isKnown(name) || isThere(from, name)) return undefined;
    if (this.#count++ >= MOST_STEPS) {
      this.#count = 0;
      this.#first = step('', undefined);
      // This event is read to its end all the same, on what others forget.
    }
    const learnt = step(name, from);
    if (from.next.length >= MOST_NEXT) from.next.pop();
    from.next.push(learnt);
    return learnt;
  }
}

function step(name: string, before: Step | undefined): Step {
  const isSignal = !ENVELOPE.has(name);
  const { min, max } = isSignal && isSignalName(name) ? SIGNALS[name] : ANY_NUMBER;
  return {
    name,
    key: before === undefined ? NO_KEY : keyOf(name),
    isSignal,
    min,
    max,
    before,
    next: [],
    signals: undefined,
  };
}

const ENVELOPE = new Set(ENVELOPE_NAMES);
const RESERVED = new Set(RESERVED_NAMES);
const ANY_NUMBER = { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };

function isKnown(name: string): boolean {
  return ENVELOPE.has(name) || (CUSTOM_SIGNAL_NAME.test(name) && !RESERVED.has(name));
}

function isThere(from: Step, name: string): boolean {
  for (let at: Step | undefined = from; at !== undefined; at = at.before) if (at.name === name) return true;
  return false;
}

/** What JSON Schema says of names: which must be there, which come together, how many. */
function signalsOf(end: Step): readonly string[] | undefined {
  const names: string[] = [];
  for (let at = end; at.before !== undefined; at = at.before) names.unshift(at.name);
  const signals = names.filter((name) => !ENVELOPE.has(name));
  const custom = signals.filter((name) => !isSignalName(name));
  const isWhole = names.includes('ts') && (names.includes('vin') || names.includes('vehicle_id'));
  const isPaired = names.includes('lat') === names.includes('lon');
  return isWhole && isPaired && signals.length > 0 && custom.length <= MAX_CUSTOM_SIGNALS ? signals : undefined;
}

const WORD = 4;
/** Before the first name there is none. */
const NO_KEY: Key = { length: 0, words: [], last: 0 };

function keyOf(name: string): Key {
  const bytes = Buffer.from(`"${name}":`);
  const { length } = bytes;
  const words = Array.from({ length: Math.floor(length / WORD) }, (_, index) => bytes.readInt32BE(index * WORD));
  return { length, words, last: bytes.readInt32BE(length - WORD) };
}

function isAt({ length, words, last }: Key, view: DataView, start: number): boolean {
  if (start + length > view.byteLength) return false;
  for (let index = 0; index < words.length; index++) {
    if (view.getInt32(start + index * WORD) !== words[index]) return false;
  }
  return view.getInt32(start + length - WORD) === last;
}
