/**
 * An event as bytes: everything but its container, so that a page of events is one string of bytes.
 *
 *     record  := length source time seq field*          length counts what follows it
 *     seq     := 0 where it equals the time in ms, else the seq
 *     field   := key value
 *     key     := 0 trouble codes | 1 named value | 2n packed value | 2n+1 raw value      n: number of the signal's name
 *     value   := packed: zigzag of value × 10^decimals; raw: 8 bytes IEEE 754, big endian
 *     named   := length name raw                         for a name that has no number
 *     codes   := length text                             with commas between
 *
 * All lengths, keys, times and packed values are varints (LEB128, up to 2^53). A value is packed only where that gives
 * back exactly the same number; about 60 bytes hold an event of ten signals.
 *
 * @see docs/adr/0005-sqlite-holds-packed-records.md
 */
import type { EventRow } from '../../ports.ts';

/** A number for each name of a signal or a source, and the names back. */
export interface Names {
  /** The number of a name, undefined where it has none. */
  idOf(name: string): number | undefined;
  nameOf(id: number): string;
  /** 10^decimals for a signal's number. */
  scaleOf(id: number): number;
}

/** What a record holds of an event: all but the trip, which its container says. */
export type RecordContent = Omit<EventRow, 'trip'>;

/** Most bytes of a record: 64 trouble codes, 26 signals of the table and 32 custom ones by name are below it. */
export const MAX_RECORD_BYTES = 8_192;

const TROUBLE_CODES = 0;
const NAMED_VALUE = 1;
/** Times are counted from 2010, before which there are none. */
const TIME_BASE = Date.UTC(2010);
const MAX_PACKED = 2 ** 52;

/** Bytes that grow, and where the next one goes. */
export class RecordWriter {
  #bytes = Buffer.allocUnsafe(64 * 1_024);
  #at = 0;
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** Appends an event. Its source must have a number. */
  write(event: RecordContent): void {
    this.#makeRoom();
    const start = this.#at;
    this.#at += LENGTH_BYTES;
    this.#varint(this.#names.idOf(event.source) ?? 0);
    this.#varint(event.ts - TIME_BASE);
    this.#varint(event.seq === event.ts ? 0 : event.seq);
    for (const name in event.values) this.#value(name, event.values[name] as number);
    if (event.dtcs !== undefined) {
      this.#varint(TROUBLE_CODES);
      this.#text(event.dtcs.join());
    }
    const length = this.#at - start - LENGTH_BYTES;
    this.#bytes[start] = (length & 0x7f) | 0x80;
    this.#bytes[start + 1] = length >> 7;
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

  #value(name: string, value: number): void {
    const id = this.#names.idOf(name);
    if (id === undefined) {
      this.#varint(NAMED_VALUE);
      this.#text(name);
      this.#raw(value);
      return;
    }
    const scale = this.#names.scaleOf(id);
    const packed = Math.round(value * scale);
    if (packed / scale === value && packed < MAX_PACKED && packed > -MAX_PACKED && !Object.is(value, -0)) {
      this.#varint(2 * id);
      this.#varint(packed < 0 ? -2 * packed - 1 : 2 * packed);
    } else {
      this.#varint(2 * id + 1);
      this.#raw(value);
    }
  }

  #varint(value: number): void {
    this.#at = putVarint(this.#bytes, this.#at, value);
  }

  #raw(value: number): void {
    this.#at = this.#bytes.writeDoubleBE(value, this.#at);
  }

  #text(text: string): void {
    this.#varint(text.length);
    this.#at += this.#bytes.write(text, this.#at, 'latin1');
  }

  #makeRoom(): void {
    if (this.#bytes.length - this.#at >= MAX_RECORD_BYTES) return;
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** Bits of a varint that are written with operations on integers: those on fractions take ten times as long. */
const LOW_BITS = 28;
const LOW_BYTES = LOW_BITS / 7;

/** Writes a varint; where it ends. */
function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (value >= 2 ** LOW_BITS) {
    rest = Math.floor(value / 2 ** LOW_BITS);
    let low = value - rest * 2 ** LOW_BITS;
    for (const end = at + LOW_BYTES; at < end; low >>= 7) bytes[at++] = (low & 0x7f) | 0x80;
  }
  for (; rest >= 0x80; rest >>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
}

/** A record's length always takes two bytes: it is written last. */
const LENGTH_BYTES = 2;

/** Reads records one after the other, as events of a trip or loose ones (null). */
export class RecordReader {
  readonly #bytes: Buffer;
  readonly #names: Names;
  readonly #trip: string | null;
  #at = 0;

  constructor(bytes: Uint8Array, names: Names, trip: string | null) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#names = names;
    this.#trip = trip;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** Whether there is another record. */
  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** The next record, whole. */
  read(): EventRow {
    const length = this.#varint();
    const end = this.#at + length;
    const source = this.#names.nameOf(this.#varint());
    const ts = this.#varint() + TIME_BASE;
    const seq = this.#varint() || ts;
    const values: Record<string, number> = {};
    let dtcs: readonly string[] | undefined;
    while (this.#at < end) {
      const key = this.#varint();
      if (key === TROUBLE_CODES) dtcs = codesIn(this.#text());
      else if (key === NAMED_VALUE) values[this.#text()] = this.#raw();
      else values[this.#names.nameOf(key >> 1)] = key & 1 ? this.#raw() : this.#packed(key >> 1);
    }
    return { ts, seq, trip: this.#trip, source, values, dtcs };
  }

  #varint(): number {
    let value = 0;
    let unit = 1;
    let byte = this.#bytes[this.#at++] as number;
    while (byte >= 0x80) {
      value += (byte - 0x80) * unit;
      unit *= 0x80;
      byte = this.#bytes[this.#at++] as number;
    }
    return value + byte * unit;
  }

  #packed(id: number): number {
    const zigzag = this.#varint();
    const packed = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    return packed / this.#names.scaleOf(id);
  }

  #raw(): number {
    this.#at += 8;
    return this.#bytes.readDoubleBE(this.#at - 8);
  }

  #text(): string {
    const length = this.#varint();
    this.#at += length;
    return this.#bytes.toString('latin1', this.#at - length, this.#at);
  }
}

function codesIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}
