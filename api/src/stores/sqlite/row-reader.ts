/** Reads events: pages of a container in order of seq, and any parts of a trip merged in order of time. */
import type { EventRow } from '../../ports.ts';
import { EVER, type Span } from '../../trips/span.ts';
import { compareRows } from '../../trips/totals.ts';
import type { Part } from '../../trips/trip.ts';
import type { Database } from './open-database.ts';
import type { Names } from './record.ts';
import { RecordReader, type StoredRow } from './record-reader.ts';

/** Events that are read at once. */
const PAGE = 2_000;
/** Events that are sorted at once where a device's seqs are not in order of time. */
const SORTED_AT_ONCE = 100_000;

/** A page of a container's records. */
export interface RecordPage {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly last_seq: number;
}

/** Where a reader of a trip is: after the event of that time and seq. */
export interface Position {
  readonly ts: number;
  readonly seq: number;
}

/** What of a container matters for reading it. */
export interface ReadableContainer {
  readonly id: number;
  readonly loose: number;
  readonly ordered_seq: number | null;
}

export class RowReader {
  readonly #names: Names;
  readonly #sql;
  /** Up to which seq order was just found to be that of time, where that is newer than what the file says. */
  readonly #found = new Map<number, number | null>();

  constructor(db: Database, names: Names) {
    this.#names = names;
    this.#sql = {
      page: db.prepare(
        // Bytes go through group_concat as they are; thousands of values of their own would take longer to hand over.
        `SELECT CAST(group_concat(record, '') AS BLOB) AS bytes, count(*) AS count, max(seq) AS last_seq
         FROM (SELECT seq, record FROM events WHERE container = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?)`,
      ),
      one: db.prepare('SELECT record FROM events WHERE container = ? AND seq >= ? ORDER BY seq LIMIT 1').pluck(),
      // Asked for together, the two would be looked for in all rows.
      bounds: db.prepare(
        `SELECT (SELECT min(seq) FROM events WHERE container = containers.id) AS first,
                (SELECT max(seq) FROM events WHERE container = containers.id) AS last
         FROM containers WHERE id = ?`,
      ),
      trip: db.prepare('SELECT id, loose, ordered_seq FROM containers WHERE vehicle_id = ? AND name = ?'),
      days: db.prepare(
        `SELECT id, loose, ordered_seq FROM containers
         WHERE vehicle_id = ? AND loose = 1 AND last_ts >= ? AND first_ts <= ? ORDER BY last_ts`,
      ),
    };
  }

  /** Records in order of seq from a seq on, as bytes. */
  page(container: number, fromSeq: number, toSeq: number, limit = PAGE): RecordPage {
    const { bytes, count, last_seq } = this.#sql.page.get(container, fromSeq, toSeq, limit) as {
      readonly bytes: Buffer | null;
      readonly count: number;
      readonly last_seq: number;
    };
    return { bytes: bytes ?? Buffer.alloc(0), count, last_seq };
  }

  /** Events of a container in order of seq, from a seq on. */
  *bySeq(container: number, trip: string | null, fromSeq = 0, toSeq: number = EVER.to): Generator<StoredRow> {
    for (let next = fromSeq; ; ) {
      const page = this.page(container, next, toSeq);
      const records = new RecordReader(page.bytes, this.#names, trip);
      while (records.more) yield records.next();
      if (page.count < PAGE) return;
      next = page.last_seq + 1;
    }
  }

  /** All times of containers, ascending. */
  timesOf(containers: readonly number[]): number[] {
    return containers.flatMap((id) => [...this.bySeq(id, null)].map(({ ts }) => ts)).sort((a, b) => a - b);
  }

  /** Events of a trip's parts after a position, in order of time. */
  *ofParts(vehicleIds: readonly number[], parts: readonly Part[], after?: Position): Generator<StoredRow> {
    const from = after?.ts ?? EVER.from;
    const sources = parts
      .filter((part) => part.to >= from)
      .map((part) => ({ ...part, from: Math.max(part.from, from) }))
      .flatMap((part) => vehicleIds.map((id) => ({ from: part.from, rows: this.#ofVehicle(id, part) })));
    for (const row of mergeByTime(sources)) {
      if (after === undefined || row.ts > after.ts || row.seq > after.seq) yield row;
    }
  }

  *#ofVehicle(vehicleId: number, { trip, from, to }: Part): Generator<StoredRow> {
    const containers = trip === null ? this.#sql.days.all(vehicleId, from, to) : this.#sql.trip.all(vehicleId, trip);
    for (const container of containers as ReadableContainer[]) yield* this.byTime(container, trip, { from, to });
  }

  /** Events of a container within a span, in order of time. */
  byTime({ id, loose, ordered_seq }: ReadableContainer, trip: string | null, span: Span): Generator<StoredRow> {
    if (loose === 1) return this.bySeq(id, trip, Math.max(0, span.from), span.to);
    const ordered = this.#found.has(id) ? this.#found.get(id) : ordered_seq;
    return ordered === null ? this.#sorted(id, trip, span) : this.#ordered(id, trip, span);
  }

  /** Takes over what was just found about the order of a device's trip, until `forgetOrder`. */
  noteOrder(container: number, orderedSeq: number | null): void {
    this.#found.set(container, orderedSeq);
  }

  forgetOrder(): void {
    this.#found.clear();
  }

  /** Where seqs are in order of time, the ends of a span are found by halving. */
  *#ordered(container: number, trip: string | null, span: Span): Generator<StoredRow> {
    for (const row of this.bySeq(container, trip, this.#firstSeqAt(container, span.from))) {
      if (row.ts > span.to) return;
      yield row;
    }
  }

  /** The least seq whose event is not before a time. */
  #firstSeqAt(container: number, ts: number): number {
    const { first, last } = this.#sql.bounds.get(container) as { first: number; last: number };
    let [low, high] = [first, last + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.rowAt(container, middle);
      if (row === undefined || row.ts >= ts) high = middle;
      else low = row.seq + 1;
    }
    return low;
  }

  /** The event with a seq, or the next. */
  rowAt(container: number, seq: number): EventRow | undefined {
    const bytes = this.#sql.one.get(container, seq) as Buffer | undefined;
    return bytes && new RecordReader(bytes, this.#names, null).read();
  }

  /** Where seqs are not in order of time, so many events as fit are sorted at a time. */
  *#sorted(container: number, trip: string | null, span: Span): Generator<StoredRow> {
    for (let from = span.from; from <= span.to; ) {
      const batch: StoredRow[] = [];
      let end = span.to;
      for (const row of this.bySeq(container, trip)) {
        if (row.ts < from || row.ts > end) continue;
        batch.push(row);
        if (batch.length > 2 * SORTED_AT_ONCE) end = keepEarliest(batch, SORTED_AT_ONCE);
      }
      yield* batch.sort(compareRows);
      from = end + 1;
    }
  }
}

/** Cuts a batch to about so many of its earliest events, whole instants; the answer is the time of the last one kept. */
function keepEarliest(batch: StoredRow[], count: number): number {
  batch.sort(compareRows);
  const end = batch[count]?.ts ?? EVER.to;
  const cut = batch.findIndex(({ ts }) => ts > end);
  if (cut >= 0) batch.length = cut;
  return end;
}

interface Source {
  /** No row is before this. */
  readonly from: number;
  readonly rows: Generator<StoredRow>;
}

/** Rows of several sources in order of time, of equal ones the earlier source's first. None is asked before its time. */
function* mergeByTime(sources: readonly Source[]): Generator<StoredRow> {
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) return yield* only.rows;
  const waiting = sources.map((source, order) => ({ ...source, order })).sort((a, b) => b.from - a.from);
  const heads: { row: StoredRow; rows: Iterator<StoredRow>; order: number }[] = [];
  const advance = ({ rows, order }: { rows: Iterator<StoredRow>; order: number }) => {
    const { done, value } = rows.next();
    if (done) return;
    heads.push({ row: value, rows, order });
    if (heads.length > 1) heads.sort((a, b) => compareRows(a.row, b.row) || a.order - b.order);
  };
  for (;;) {
    for (let next = waiting.at(-1); next && next.from <= (heads[0]?.row.ts ?? EVER.to); next = waiting.at(-1)) {
      waiting.pop();
      advance(next);
    }
    const head = heads.shift();
    if (head === undefined) return;
    yield head.row;
    advance(head);
  }
}
