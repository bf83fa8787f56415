/** Takes rollups away, a slice in a commit. They lie by container, signal and minute: each signal's old ones come first. */
import type { Database } from './open-database.ts';

/** Rollups that are taken away in one commit. */
const ROLLUPS_AT_ONCE = 1_000;

export class OldRollups {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      nextSignal: db.prepare('SELECT min(signal) FROM rollups WHERE container = ? AND signal > ?').pluck(),
      firstMinute: db.prepare('SELECT min(minute) FROM rollups WHERE container = ? AND signal = ?').pluck(),
      remove: db.prepare('DELETE FROM rollups WHERE container = ? AND signal = ? AND minute BETWEEN ? AND ?'),
    };
  }

  /** Takes some of a container's rollups before a minute away; whether those were all. */
  remove(container: number, before: number): boolean {
    let left = ROLLUPS_AT_ONCE;
    for (let signal = this.#nextSignal(container, -1); signal !== null; signal = this.#nextSignal(container, signal)) {
      for (;;) {
        const first = this.#sql.firstMinute.get(container, signal) as number | null;
        if (first === null || first >= before) break;
        if (left <= 0) return false;
        left -= this.#sql.remove.run(container, signal, first, Math.min(before, first + left) - 1).changes;
      }
    }
    return true;
  }

  #nextSignal(container: number, after: number): number | null {
    return this.#sql.nextSignal.get(container, after) as number | null;
  }
}
