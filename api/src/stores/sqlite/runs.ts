/** Loose events as runs without a gap above the idle timeout, kept up to date event by event. */
import { EVER, hull, type Span } from '../../trips/span.ts';
import type { Database } from './open-database.ts';

/** The run of a vehicle that was last written to, and where the next one begins. */
interface CurrentRun {
  first: number;
  last: number;
  next: number;
  changed: boolean;
}

export class Runs {
  readonly #idleMs: number;
  readonly #sql;
  #current = new Map<number, CurrentRun>();

  constructor(db: Database, idleMs: number) {
    this.#idleMs = idleMs;
    this.#sql = {
      before: db.prepare(
        'SELECT first_ts, last_ts FROM runs WHERE vehicle_id = ? AND first_ts <= ? ORDER BY first_ts DESC LIMIT 1',
      ),
      after: db.prepare(
        'SELECT first_ts, last_ts FROM runs WHERE vehicle_id = ? AND first_ts > ? ORDER BY first_ts LIMIT 1',
      ),
      put: db.prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?)'),
      remove: db.prepare('DELETE FROM runs WHERE vehicle_id = ? AND first_ts = ?'),
      overlapping: db.prepare(
        'SELECT first_ts, last_ts FROM runs WHERE vehicle_id = ? AND last_ts >= ? AND first_ts <= ?',
      ),
    };
  }

  /** Forgets everything: what is in the file is true again. */
  reset(): void {
    this.#current = new Map();
  }

  /** Takes in the time of a loose event. */
  add(vehicleId: number, ts: number): void {
    const run = this.#current.get(vehicleId);
    if (run !== undefined && ts >= run.first && ts <= run.last) return;
    if (run !== undefined && ts > run.last && ts - run.last <= this.#idleMs && run.next - ts > this.#idleMs) {
      run.last = ts;
      run.changed = true;
      return;
    }
    if (run !== undefined) this.#write(vehicleId, run);
    this.#current.set(vehicleId, this.#place(vehicleId, ts));
  }

  /** The run that holds a time, if any. */
  at(vehicleId: number, ts: number): Span | undefined {
    const run = this.#current.get(vehicleId);
    if (run !== undefined && run.first <= ts && ts <= run.last) return { from: run.first, to: run.last };
    if (run !== undefined) this.#write(vehicleId, run);
    const before = this.#sql.before.get(vehicleId, ts) as { first_ts: number; last_ts: number } | undefined;
    return before !== undefined && ts <= before.last_ts ? { from: before.first_ts, to: before.last_ts } : undefined;
  }

  /** Writes what changed; call it in the transaction of the changes. */
  flush(): void {
    for (const [vehicleId, run] of this.#current) this.#write(vehicleId, run);
  }

  /** Removes the runs that overlap a span; the stretch of time that they took, the span included. */
  remove(vehicleId: number, span: Span): Span {
    return this.#overlapping(vehicleId, span).reduce<Span>((all, { first_ts, last_ts }) => {
      this.#sql.remove.run(vehicleId, first_ts);
      return hull(all, { from: first_ts, to: last_ts });
    }, span);
  }

  /** The loose events before a time are gone; one of that time, if any run holds it, is there. */
  trim(vehicleId: number, first: number): void {
    for (const { first_ts, last_ts } of this.#overlapping(vehicleId, { from: EVER.from, to: first - 1 })) {
      this.#sql.remove.run(vehicleId, first_ts);
      if (last_ts >= first) this.#sql.put.run(vehicleId, first, last_ts);
    }
  }

  #write(vehicleId: number, run: CurrentRun): void {
    if (run.changed) this.#sql.put.run(vehicleId, run.first, run.last);
    run.changed = false;
  }

  #overlapping(vehicleId: number, { from, to }: Span) {
    this.flush();
    this.reset();
    return this.#sql.overlapping.all(vehicleId, from, to) as { first_ts: number; last_ts: number }[];
  }

  /** Finds or makes the run of a time among all runs. */
  #place(vehicleId: number, ts: number): CurrentRun {
    const before = this.#sql.before.get(vehicleId, ts) as { first_ts: number; last_ts: number } | undefined;
    const after = this.#sql.after.get(vehicleId, ts) as { first_ts: number; last_ts: number } | undefined;
    const joinsBefore = before !== undefined && ts - before.last_ts <= this.#idleMs;
    const joinsAfter = after !== undefined && after.first_ts - ts <= this.#idleMs;
    const first = joinsBefore ? before.first_ts : ts;
    const last = joinsAfter ? after.last_ts : Math.max(ts, joinsBefore ? before.last_ts : ts);
    if (joinsAfter) this.#sql.remove.run(vehicleId, after.first_ts);
    this.#sql.put.run(vehicleId, first, last);
    const following = joinsAfter ? this.#sql.after.get(vehicleId, last) : after;
    const next = (following as { first_ts: number } | undefined)?.first_ts ?? Number.POSITIVE_INFINITY;
    return { first, last, next, changed: false };
  }
}
