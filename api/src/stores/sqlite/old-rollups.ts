/**
 * Takes rollups of minutes away that have no events any more, a slice in a commit. They lie by container, signal and
 * minute: those of a signal that must go lie at its two ends.
 */
import type { Span } from '../../trips/span.ts';
import type { Database } from './open-database.ts';

/** Rollups that are taken away in one commit. */
const ROLLUPS_AT_ONCE = 1_000;

export class OldRollups {
  readonly #sql;

  constructor(db: Database) {
    const bound = (which: 'min' | 'max') =>
      db.prepare(`SELECT ${which}(minute) FROM rollups WHERE container = ? AND signal = ?`).pluck();
    this.#sql = {
      nextSignal: db.prepare('SELECT min(signal) FROM rollups WHERE container = ? AND signal > ?').pluck(),
      first: bound('min'),
      last: bound('max'),
      remove: db.prepare('DELETE FROM rollups WHERE container = ? AND signal = ? AND minute BETWEEN ? AND ?'),
    };
  }

  /** Takes some of a container's rollups away that are not of these minutes; whether those were all. */
  remove(container: number, minutes: Span): boolean {
    let left = ROLLUPS_AT_ONCE;
    for (let signal = this.#nextSignal(container, -1); signal !== null; signal = this.#nextSignal(container, signal)) {
      for (let old = this.#old(container, signal, minutes, left); old !== undefined; ) {
        if (left <= 0) return false;
        left -= this.#sql.remove.run(container, signal, old.from, old.to).changes;
        old = this.#old(container, signal, minutes, left);
      }
    }
    return true;
  }

  /** A stretch of a signal's minutes that must go, of at most so many and at least one that is there. */
  #old(container: number, signal: number, { from, to }: Span, most: number): Span | undefined {
    const first = this.#sql.first.get(container, signal) as number | null;
    if (first === null) return undefined;
    if (first < from) return { from: first, to: Math.min(from, first + most) - 1 };
    const last = this.#sql.last.get(container, signal) as number;
    return last > to ? { from: Math.max(to, last - most) + 1, to: last } : undefined;
  }

  #nextSignal(container: number, after: number): number | null {
    return this.#sql.nextSignal.get(container, after) as number | null;
  }
}
