/**
 * Takes events away, a slice in a commit, and never does more in one commit than a slice: others want to write in
 * between. What is derived from the events is not this file's.
 */
import { contains, EVER, type Span } from '../../trips/span.ts';
import type { Containers } from './containers.ts';
import type { Dictionary } from './dictionary.ts';
import type { Database } from './open-database.ts';
import { RowReader } from './row-reader.ts';

/** Events that are taken away in one commit. */
const EVENTS_AT_ONCE = 500;
/** Events that are looked at in one commit, where the order of seqs does not say where the time is. */
const LOOKED_AT_ONCE = 2_000;

/** A container as the file has it. */
export interface ContainerRow {
  readonly id: number;
  readonly vehicle_id: number;
  readonly name: string;
  readonly loose: number;
  readonly first_ts: number;
  readonly last_ts: number;
  readonly event_count: number;
  readonly ordered_seq: number | null;
}

/** The seqs of a slice. */
interface Slice {
  readonly seqs: readonly number[];
  /** Whether there are no further ones. */
  readonly last: boolean;
}

export class EventRemover {
  readonly #containers: Containers;
  readonly #rows: RowReader;
  readonly #sql;
  /** How far containers without order were looked through. */
  readonly #looked = new Map<number, number>();
  /** The commit in which a container was last found to be in order. */
  readonly #known = new Map<number, number>();

  constructor(db: Database, names: Dictionary, containers: Containers) {
    this.#containers = containers;
    this.#rows = new RowReader(db, names);
    this.#sql = {
      lastSeq: db.prepare('SELECT max(seq) FROM events WHERE container = ?').pluck(),
      removeEvent: db.prepare('DELETE FROM events WHERE container = ? AND seq = ?'),
      setBounds: db.prepare('UPDATE containers SET first_ts = ?, last_ts = ?, event_count = ? WHERE id = ?'),
      removeContainer: db.prepare('DELETE FROM containers WHERE id = ?'),
      dirty: db.prepare('SELECT 1 FROM dirty WHERE vehicle_id = ? AND container = ?').pluck(),
      removeDirty: db.prepare('DELETE FROM dirty WHERE vehicle_id = ? AND container = ?'),
    };
  }

  /** Takes some of a container's events in a span away; with the last of all its events it goes itself. */
  remove(row: ContainerRow, span: Span, commit: number): void {
    const ordered = this.#isOrdered(row);
    if (ordered) this.#known.set(row.id, commit);
    const { seqs, last } = ordered ? this.#take(row, span) : this.#look(row, span);
    for (const seq of seqs) this.#sql.removeEvent.run(row.id, seq);
    this.#containers.forget(row.vehicle_id, row.name);
    const first = this.#rows.rowAt(row.id, 0);
    if (first === undefined) {
      this.#sql.removeContainer.run(row.id);
      this.#sql.removeDirty.run(row.vehicle_id, row.id);
      this.#looked.delete(row.id);
      this.#known.delete(row.id);
    } else {
      const bounds = ordered ? { from: first.ts, to: this.#lastTime(row, span) } : last ? this.#boundsOf(row) : null;
      const { from, to } = bounds ?? { from: row.first_ts, to: row.last_ts };
      this.#sql.setBounds.run(from, to, row.event_count - seqs.length, row.id);
    }
  }

  /** Whether a container has an event in a span. */
  hasAny(row: ContainerRow, span: Span): boolean {
    for (const { ts } of this.#isOrdered(row) ? this.#rows.byTime(row, null, span) : this.#rows.bySeq(row.id, null)) {
      if (contains(span, ts)) return true;
    }
    return false;
  }

  /** The next events of a span, where seqs lead there. */
  #take(row: ContainerRow, span: Span): Slice {
    const seqs: number[] = [];
    for (const { seq } of this.#rows.byTime(row, null, span)) {
      if (seqs.length === EVENTS_AT_ONCE) return { seqs, last: false };
      seqs.push(seq);
    }
    return { seqs, last: true };
  }

  /** Those of the next events that are in a span, where all must be looked through. */
  #look({ id }: ContainerRow, span: Span): Slice {
    const seqs: number[] = [];
    let left = LOOKED_AT_ONCE;
    for (const { seq, ts } of this.#rows.bySeq(id, null, this.#looked.get(id) ?? 0)) {
      if (left-- === 0 || seqs.length === EVENTS_AT_ONCE) {
        this.#looked.set(id, seq);
        return { seqs, last: false };
      }
      if (contains(span, ts)) seqs.push(seq);
    }
    this.#looked.delete(id);
    return { seqs, last: true };
  }

  /** Whether the order of seqs is known to be that of time: it was worked out, and nobody changed anything since. */
  #isOrdered({ id, vehicle_id, loose, ordered_seq }: ContainerRow): boolean {
    if (loose === 1) return true;
    if (ordered_seq === null || ordered_seq < (this.#sql.lastSeq.get(id) as number)) return false;
    const known = this.#known.get(id);
    const isOwnChange = known !== undefined && known === this.#containers.touchedAt(id);
    return isOwnChange || this.#sql.dirty.get(vehicle_id, id) === undefined;
  }

  #lastTime({ id, last_ts }: ContainerRow, span: Span): number {
    if (span.to < last_ts) return last_ts;
    return this.#rows.rowAt(id, this.#sql.lastSeq.get(id) as number)?.ts ?? last_ts;
  }

  #boundsOf({ id }: ContainerRow): Span {
    let [from, to] = [EVER.to, EVER.from];
    for (const { ts } of this.#rows.bySeq(id, null)) {
      if (ts < from) from = ts;
      if (ts > to) to = ts;
    }
    return { from, to };
  }
}
