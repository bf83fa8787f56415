/** Events of an answer in CSV, made straight from its bytes: of what is read this is the most by far. */
import { ZERO } from '../../ingest/digits.ts';
import { NumberReader } from '../../ingest/number-reader.ts';
import type { EventRow } from '../../ports.ts';
import { valuesOf } from './csv.ts';
import { tripOfContainer } from './event-line.ts';
import { milliseconds } from './line-protocol.ts';

const [COMMA, NEWLINE, QUOTE] = [0x2c, 0x0a, 0x22];

/** `name` and `tags` begin every line; a signal may be called the same. */
const FIRST_COLUMN = 2;
/** Digits of a time in nanoseconds below the millisecond. */
const BELOW_MS = 6;

/** A row while it is read. */
interface Draft {
  ts: number;
  seq: number;
  trip: string | null;
  source: string;
  readonly values: Record<string, number>;
  dtcs: readonly string[] | undefined;
}

/** Columns of a point that are no signals. */
type OwnColumn = 'time' | 'seq' | 'trip_id' | 'source' | 'dtcs';

/** How a value of each kind of column is taken in. */
const TAKE: Readonly<Record<OwnColumn | 'signal' | 'nothing', (draft: Draft, value: string, name: string) => void>> = {
  time: (draft, value) => {
    draft.ts = milliseconds(value);
  },
  seq: (draft, value) => {
    draft.seq = Number(value);
  },
  trip_id: (draft, value) => {
    draft.trip = tripOfContainer(value);
  },
  source: (draft, value) => {
    draft.source = value;
  },
  dtcs: (draft, value) => {
    draft.dtcs = JSON.parse(value) as string[];
  },
  signal: (draft, value, name) => {
    draft.values[name] = Number(value);
  },
  nothing: () => {},
};

interface Column {
  readonly name: string;
  readonly holds: keyof typeof TAKE;
  /** The text that it had last: most rows have the same. */
  readonly last: LastText;
}

/** The events of points, in the order of the answer. */
export function parseEventRows(text: Buffer): EventRow[] {
  const reader = new EventRowsReader(text);
  const rows: EventRow[] = [];
  for (let row = reader.next(); row !== undefined; row = reader.next()) rows.push(row);
  return rows;
}

class EventRowsReader {
  readonly #text: Buffer;
  readonly #numbers = new NumberReader();
  #columns: readonly Column[] = [];
  #at = 0;
  /** The next quote; the end where there is none. */
  #quote = -1;

  constructor(text: Buffer) {
    this.#text = text;
  }

  next(): EventRow | undefined {
    while (this.#at < this.#text.length) {
      const start = this.#at;
      const end = this.#lineEnd(start);
      this.#at = end + 1;
      if (isHeader(this.#text, start)) this.#columns = this.#columnsIn(start, end);
      else if (end > start) return this.#rowIn(start, end);
    }
    return undefined;
  }

  /** Where the line ends that begins there; a line break in quotes ends none. */
  #lineEnd(start: number): number {
    const plain = endOr(this.#text, this.#text.indexOf(NEWLINE, start));
    if (this.#quote < start) this.#quote = endOr(this.#text, this.#text.indexOf(QUOTE, start));
    if (this.#quote >= plain) return plain;
    let isQuoted = false;
    for (let at = this.#quote; at < this.#text.length; at++) {
      if (this.#text[at] === QUOTE) isQuoted = !isQuoted;
      else if (this.#text[at] === NEWLINE && !isQuoted) return at;
    }
    return this.#text.length;
  }

  #columnsIn(start: number, end: number): Column[] {
    return valuesOf(this.#text.toString('utf8', start, end)).map((name, index) => ({
      name,
      holds: index < FIRST_COLUMN || name === 'vin' ? 'nothing' : isOwn(name) ? name : 'signal',
      last: new LastText(),
    }));
  }

  #rowIn(start: number, end: number): EventRow {
    const draft: Draft = { ts: 0, seq: 0, trip: null, source: '', values: {}, dtcs: undefined };
    if (this.#quote < end || !this.#readPlain(draft, start, end)) this.#readAny(draft, start, end);
    return draft;
  }

  /** Reads any line. */
  #readAny(draft: Draft, start: number, end: number): void {
    for (const [index, value] of valuesOf(this.#text.toString('utf8', start, end)).entries()) {
      const { name, holds } = this.#columns[index] ?? NO_COLUMN;
      if (value !== '') TAKE[holds](draft, value, name);
    }
  }

  /** Reads a line without quotes; whether its numbers were all plainly numbers. */
  #readPlain(draft: Draft, start: number, end: number): boolean {
    for (let index = 0, at = start; at < end; index++, at++) {
      if (this.#text[at] === COMMA) continue;
      at = this.#readValue(draft, this.#columns[index] ?? NO_COLUMN, at, end);
      if (this.#text[at] !== COMMA && at !== end) return false;
    }
    return true;
  }

  /** Takes in a value; where it ends. */
  #readValue(draft: Draft, { name, holds, last }: Column, at: number, lineEnd: number): number {
    if (holds === 'signal') {
      draft.values[name] = this.#numbers.read(this.#text, at);
      return this.#numbers.end;
    }
    if (holds === 'seq') {
      draft.seq = this.#numbers.read(this.#text, at);
      return this.#numbers.end;
    }
    let end = at;
    while (end < lineEnd && this.#text[end] !== COMMA) end++;
    if (holds === 'time') draft.ts = integerIn(this.#text, at, end - BELOW_MS);
    else if (holds !== 'nothing') TAKE[holds](draft, last.read(this.#text, at, end), name);
    return end;
  }
}

/** Begins each line of columns' names. */
const HEADER = Buffer.from('name,tags,');

function isOwn(name: string): name is OwnColumn {
  return name !== 'signal' && name !== 'nothing' && Object.hasOwn(TAKE, name);
}

function isHeader(text: Buffer, start: number): boolean {
  return text[start] === HEADER[0] && HEADER.equals(text.subarray(start, start + HEADER.length));
}

/** A text that is mostly the one before. */
class LastText {
  #bytes: Buffer = Buffer.alloc(0);
  #text = '';

  read(bytes: Buffer, start: number, end: number): string {
    if (!this.#isLast(bytes, start, end)) {
      this.#bytes = Buffer.from(bytes.subarray(start, end));
      this.#text = this.#bytes.toString();
    }
    return this.#text;
  }

  #isLast(bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== this.#bytes.length) return false;
    for (let at = start; at < end; at++) if (bytes[at] !== this.#bytes[at - start]) return false;
    return true;
  }
}

/** Beyond those that are named. */
const NO_COLUMN: Column = { name: '', holds: 'nothing', last: new LastText() };

/** The number that the digits there make. */
function integerIn(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + (bytes[at] as number) - ZERO;
  return value;
}

function endOr(text: Buffer, found: number): number {
  return found < 0 ? text.length : found;
}
