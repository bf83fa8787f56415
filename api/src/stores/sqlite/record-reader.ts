/** Reads events out of records, whole or only when they were. */
import type { EventRow } from '../../ports.ts';
import { HIGH_UNIT, LOW_BITS, NAMED_VALUE, type Names, TIME_BASE, TROUBLE_CODES } from './record.ts';

/** Reads records one after the other, as events of a trip or loose ones (null). */
export class RecordReader {
  readonly bytes: Buffer;
  readonly #names: Names;
  readonly #trip: string | null;
  #at = 0;

  constructor(bytes: Uint8Array, names: Names, trip: string | null) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#names = names;
    this.#trip = trip;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** Whether there is another record. */
  get more(): boolean {
    return this.#at < this.bytes.length;
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

  /** The next record, of which only its place in time is read until more is asked for. */
  next(): StoredRow {
    const start = this.#at;
    const length = this.#varint();
    const end = this.#at + length;
    this.#varint();
    const ts = this.#varint() + TIME_BASE;
    const seq = this.#varint() || ts;
    this.#at = end;
    return new StoredRow(this, this.#trip, { ts, seq, start, end });
  }

  /** The record that begins somewhere, whole. */
  readAt(start: number): EventRow {
    const at = this.#at;
    this.#at = start;
    const row = this.read();
    this.#at = at;
    return row;
  }

  #varint(): number {
    let value = 0;
    for (let bits = 0; bits < LOW_BITS; bits += 7) {
      const byte = this.bytes[this.#at++] as number;
      value |= (byte & 0x7f) << bits;
      if (byte < 0x80) return value;
    }
    return value + this.#varint() * HIGH_UNIT;
  }

  #packed(id: number): number {
    const zigzag = this.#varint();
    const packed = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    return packed / this.#names.scaleOf(id);
  }

  #raw(): number {
    this.#at += 8;
    return this.bytes.readDoubleBE(this.#at - 8);
  }

  #text(): string {
    const length = this.#varint();
    this.#at += length;
    return this.bytes.toString('latin1', this.#at - length, this.#at);
  }
}

/** A record where it lies. */
export class StoredRow implements EventRow {
  readonly ts: number;
  readonly seq: number;
  readonly trip: string | null;
  readonly reader: RecordReader;
  /** Where it begins in the reader's bytes, and where it ends. */
  readonly start: number;
  readonly end: number;
  #whole: EventRow | undefined;

  constructor(
    reader: RecordReader,
    trip: string | null,
    { ts, seq, start, end }: Pick<StoredRow, 'ts' | 'seq' | 'start' | 'end'>,
  ) {
    this.reader = reader;
    this.trip = trip;
    this.ts = ts;
    this.seq = seq;
    this.start = start;
    this.end = end;
  }

  get source(): string {
    return this.#read().source;
  }

  get values(): EventRow['values'] {
    return this.#read().values;
  }

  get dtcs(): EventRow['dtcs'] {
    return this.#read().dtcs;
  }

  #read(): EventRow {
    this.#whole ??= this.reader.readAt(this.start);
    return this.#whole;
  }
}

function codesIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}
