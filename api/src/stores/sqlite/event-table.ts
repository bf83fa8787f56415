/**
 * Where records are kept: in `events` by container and seq, and before that for a moment in `inbox`, in the order in
 * which they came. Events of many vehicles at a time would each touch a page of their own in `events`; the inbox takes
 * them all on one, and is emptied many at a time.
 * @see docs/adr/0005-sqlite-holds-packed-records.md
 */
import type { Container } from './containers.ts';
import type { Database } from './open-database.ts';

/** Records that wait in the inbox; then it is emptied. */
const MOST_IN_INBOX = 2_000;

export class EventTable {
  readonly #sql;
  /** Containers that have records in the inbox. */
  #waiting = new Set<Container>();
  #count = 0;

  constructor(db: Database) {
    this.#sql = {
      insert: db.prepare('INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
      find: db.prepare('SELECT record FROM events WHERE container = ? AND seq = ?').pluck(),
      update: db.prepare('UPDATE events SET record = ? WHERE container = ? AND seq = ?'),
      insertWaiting: db.prepare('INSERT INTO inbox (container, seq, record) VALUES (?, ?, ?)'),
      findWaiting: db.prepare('SELECT record FROM inbox WHERE id = ?').pluck(),
      updateWaiting: db.prepare('UPDATE inbox SET record = ? WHERE id = ?'),
      empty: db.prepare('INSERT INTO events SELECT container, seq, record FROM inbox ORDER BY container, seq'),
      clear: db.prepare('DELETE FROM inbox'),
    };
  }

  /** Forgets what is in memory: the inbox must be emptied before anything else then. */
  reset(): void {
    this.#waiting = new Set();
    this.#count = 0;
  }

  /** Keeps a record that is new; the one that is there already, else. `direct` goes past the inbox. */
  add(container: Container, seq: number, record: Uint8Array, direct: boolean): Uint8Array | undefined {
    const waiting = container.waiting?.get(seq);
    if (waiting !== undefined) return this.#sql.findWaiting.get(waiting) as Buffer;
    if (direct) {
      if (this.#sql.insert.run(container.id, seq, record).changes === 0) return this.find(container, seq);
    } else {
      const stored = seq > container.top_seq ? undefined : this.find(container, seq);
      if (stored !== undefined) return stored;
      this.#wait(container, seq, record);
    }
    if (seq > container.top_seq) container.top_seq = seq;
    return undefined;
  }

  /** The record of a key, if it is there. */
  find(container: Container, seq: number): Uint8Array | undefined {
    const waiting = container.waiting?.get(seq);
    const found = waiting === undefined ? this.#sql.find.get(container.id, seq) : this.#sql.findWaiting.get(waiting);
    return found as Buffer | undefined;
  }

  /** Puts another record in the place of one. */
  replace(container: Container, seq: number, record: Uint8Array): void {
    const waiting = container.waiting?.get(seq);
    if (waiting === undefined) this.#sql.update.run(record, container.id, seq);
    else this.#sql.updateWaiting.run(record, waiting);
  }

  get isFull(): boolean {
    return this.#count >= MOST_IN_INBOX;
  }

  /** Moves what is in the inbox to where it belongs. */
  emptyInbox(): void {
    this.#sql.empty.run();
    this.#sql.clear.run();
    for (const container of this.#waiting) container.waiting = null;
    this.reset();
  }

  #wait(container: Container, seq: number, record: Uint8Array): void {
    const { lastInsertRowid } = this.#sql.insertWaiting.run(container.id, seq, record);
    container.waiting ??= new Map();
    container.waiting.set(seq, Number(lastInsertRowid));
    this.#waiting.add(container);
    this.#count++;
  }
}
