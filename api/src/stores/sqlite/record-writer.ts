/** Packs events into records. */
import { type Measured, rememberedByNames } from '../../ingest/measured.ts';
import {
  HIGH_UNIT,
  LOW_BITS,
  MAX_RECORD_BYTES,
  NAMED_VALUE,
  type Names,
  type RecordContent,
  TIME_BASE,
  TROUBLE_CODES,
} from './record.ts';

/** A record's length always takes two bytes: it is written last. */
const LENGTH_BYTES = 2;

const MAX_PACKED = 2 ** 52;

/** Names as records have them: the key of a packed value of each, and its scale. */
interface Keys {
  readonly keys: readonly number[];
  readonly scales: readonly number[];
}

/** Bytes that grow, and where the next one goes. */
export class RecordWriter {
  #bytes = Buffer.allocUnsafe(64 * 1_024);
  #at = 0;
  readonly #names: Names;

  /** Undefined where a name has no number: it may come to have one. */
  readonly #keysOf: (names: readonly string[]) => Keys | undefined;

  constructor(names: Names) {
    this.#names = names;
    this.#keysOf = rememberedByNames((some) => keysOf(some, names));
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** Appends an event. Its source must have a number. */
  write({ source, ts, seq, measured, dtcs }: RecordContent): void {
    this.#makeRoom();
    const bytes = this.#bytes;
    const start = this.#at + LENGTH_BYTES;
    let at = putVarint(bytes, start, this.#names.idOf(source) ?? 0);
    at = putVarint(bytes, at, ts - TIME_BASE);
    at = putVarint(bytes, at, seq === ts ? 0 : seq);
    at = this.#putMeasured(bytes, at, measured);
    if (dtcs !== undefined) at = putText(bytes, putVarint(bytes, at, TROUBLE_CODES), dtcs.join());
    const length = at - start;
    bytes[start - 2] = (length & 0x7f) | 0x80;
    bytes[start - 1] = length >> 7;
    this.#at = at;
  }

  /** The bytes written so far, in a buffer of their own; the writer starts anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#at);
    this.takeInto(taken);
    return taken;
  }

  /** Copies the bytes written so far; the writer starts anew. */
  takeInto(target: Uint8Array): void {
    target.set(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  #putMeasured(bytes: Buffer, start: number, { names, numbers }: Measured): number {
    const known = this.#keysOf(names);
    let at = start;
    for (let index = 0; index < names.length; index++) {
      const value = numbers[index] as number;
      if (known === undefined) at = putNamed(bytes, at, this.#names, names[index] as string, value);
      else at = putValue(bytes, at, known.keys[index] as number, known.scales[index] as number, value);
    }
    return at;
  }

  #makeRoom(): void {
    if (this.#bytes.length - this.#at >= MAX_RECORD_BYTES) return;
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

function keysOf(names: readonly string[], numbers: Names): Keys | undefined {
  const ids = names.map((name) => numbers.idOf(name)).filter((id) => id !== undefined);
  return ids.length < names.length
    ? undefined
    : { keys: ids.map((id) => 2 * id), scales: ids.map((id) => numbers.scaleOf(id)) };
}

/** Writes a field by its name; where it ends. */
function putNamed(bytes: Buffer, start: number, names: Names, name: string, value: number): number {
  const id = names.idOf(name);
  if (id !== undefined) return putValue(bytes, start, 2 * id, names.scaleOf(id), value);
  return bytes.writeDoubleBE(value, putText(bytes, putVarint(bytes, start, NAMED_VALUE), name));
}

/** Writes a field by its key; where it ends. */
function putValue(bytes: Buffer, start: number, key: number, scale: number, value: number): number {
  const packed = Math.round(value * scale);
  if (packed / scale === value && packed < MAX_PACKED && packed > -MAX_PACKED && !Object.is(value, -0)) {
    return putVarint(bytes, putVarint(bytes, start, key), packed < 0 ? -2 * packed - 1 : 2 * packed);
  }
  return bytes.writeDoubleBE(value, putVarint(bytes, start, key + 1));
}

function putText(bytes: Buffer, start: number, text: string): number {
  const at = putVarint(bytes, start, text.length);
  return at + bytes.write(text, at, 'latin1');
}

/** Writes a varint; where it ends. */
function putVarint(bytes: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (value >= HIGH_UNIT) {
    rest = Math.floor(value / HIGH_UNIT);
    let low = value - rest * HIGH_UNIT;
    for (let bits = 0; bits < LOW_BITS; bits += 7, low >>= 7) bytes[at++] = (low & 0x7f) | 0x80;
  }
  for (; rest >= 0x80; rest >>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}
