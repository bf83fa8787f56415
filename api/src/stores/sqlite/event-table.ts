/**
 * Where records are kept: in `events` by container and seq, and before that for a moment in `inbox`, a whole commit in
 * one row, just as it came. Events of many vehicles at a time would each touch a page of their own in `events`; in the
 * inbox they cost next to nothing, and are moved many at a time.
 * @see docs/adr/0005-sqlite-holds-packed-records.md
 */
import type { Container } from './containers.ts';
import type { Database } from './open-database.ts';
import { columnsOf } from './protocol.ts';

/** Records that wait in the inbox; then it is emptied. */
const MOST_IN_INBOX = 8_000;

/** Rows that one statement inserts: each call costs as much as the row. */
const ROWS = 16;

/** In the place of a container's number: this event of a packed commit is not to be kept. */
export const NOT_KEPT = 0;

interface InboxRow {
  readonly count: number;
  readonly packed: Buffer;
}

export class EventTable {
  readonly #sql;
  /** Containers that have records in the inbox; these keep them in memory too. */
  #waiting = new Set<Container>();
  #count = 0;
  /** Values of rows that are known to be new and go to `events` many at a time. */
  #rows: unknown[] = [];

  constructor(db: Database) {
    this.#sql = {
      insert: db.prepare('INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
      // OR FAIL: were a row bad, SQLite need not take the others back, nor keep each page as it was for that. The caller
      // takes back the whole commit.
      insertMany: db.prepare(
        `INSERT OR FAIL INTO events VALUES ${Array(ROWS).fill('(?, ?, ?)').join(', ')} ON CONFLICT DO NOTHING`,
      ),
      find: db.prepare('SELECT record FROM events WHERE container = ? AND seq = ?').pluck(),
      put: db.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?)'),
      keep: db.prepare('INSERT INTO inbox (count, kept, packed) VALUES (?, ?, ?)'),
      kept: db.prepare('SELECT count, packed FROM inbox ORDER BY id'),
      clear: db.prepare('DELETE FROM inbox'),
    };
  }

  /** Forgets what is in memory: call `recover` before anything else then. */
  reset(): void {
    this.#waiting = new Set();
    this.#count = 0;
    this.#rows = [];
  }

  /**
   * Takes in a record that is new; the one that is there already, else. `direct` goes past the inbox, and must be
   * followed by `flush`; what doesn't must be handed to `keep` with the rest of its commit.
   */
  add(container: Container, seq: number, record: Uint8Array, direct: boolean): Uint8Array | undefined {
    const waiting = container.waiting?.get(seq);
    if (waiting !== undefined) return waiting;
    if (seq > container.top_seq) {
      container.top_seq = seq;
      if (direct) this.#insert(container.id, seq, record);
      else this.#wait(container, seq, record);
      return undefined;
    }
    if (direct) return this.#insertOrFind(container, seq, record);
    const stored = this.find(container, seq);
    if (stored === undefined) this.#wait(container, seq, record);
    return stored;
  }

  /** Writes what is held back of records that go past the inbox. */
  flush(): void {
    const rows = this.#rows;
    for (let at = 0; at < rows.length; at += 3) this.#sql.insert.run(rows[at], rows[at + 1], rows[at + 2]);
    this.#rows = [];
  }

  /** Puts a packed commit of which so many are kept into the inbox. Its containers go by their numbers in the file. */
  keep(packed: Uint8Array, count: number, kept: number): void {
    if (kept > 0) this.#sql.keep.run(count, kept, packed);
  }

  /** The record of a key, if it is there. */
  find(container: Container, seq: number): Uint8Array | undefined {
    this.flush();
    return container.waiting?.get(seq) ?? (this.#sql.find.get(container.id, seq) as Buffer | undefined);
  }

  /** Puts another record in the place of one. */
  replace(container: Container, seq: number, record: Uint8Array): void {
    container.waiting?.delete(seq);
    this.#sql.put.run(container.id, seq, record);
  }

  get isFull(): boolean {
    return this.#count >= MOST_IN_INBOX;
  }

  /** Moves what is in the inbox to where it belongs. */
  emptyInbox(): void {
    if (this.#count === 0) return;
    for (const container of this.#waiting) {
      for (const [seq, record] of container.waiting ?? []) this.#insert(container.id, seq, record);
      container.waiting = null;
    }
    this.flush();
    this.#sql.clear.run();
    this.reset();
  }

  /** The same where nothing is in memory. What is in `events` already was replaced since, and stands. */
  recover(): void {
    for (const { count, packed } of this.#sql.kept.all() as InboxRow[]) {
      const { seq, container, end, records } = columnsOf(new Uint8Array(packed).buffer, count);
      for (let index = 0; index < count; index++) {
        if (container[index] === NOT_KEPT) continue;
        const record = records.subarray(index === 0 ? 0 : end[index - 1], end[index]);
        this.#sql.insert.run(container[index], seq[index], record);
      }
    }
    this.#sql.clear.run();
    this.reset();
  }

  /** Many rows at a time: a statement of its own would cost as much as the row. */
  #insert(container: number, seq: number, record: Uint8Array): void {
    this.#rows.push(container, seq, record);
    if (this.#rows.length < 3 * ROWS) return;
    // As arguments: to be taken out of an array, each would cost as much again.
    this.#sql.insertMany.run(...this.#rows);
    this.#rows = [];
  }

  /** A record that may be there already: where it is, that one. */
  #insertOrFind(container: Container, seq: number, record: Uint8Array): Uint8Array | undefined {
    this.flush();
    return this.#sql.insert.run(container.id, seq, record).changes === 0 ? this.find(container, seq) : undefined;
  }

  #wait(container: Container, seq: number, record: Uint8Array): void {
    container.waiting ??= new Map();
    container.waiting.set(seq, record);
    this.#waiting.add(container);
    this.#count++;
  }
}
