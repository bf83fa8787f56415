/** Changes wait here for the next commit: one for all of them, at most every second, so that a card lives longer. */
import { type Log, NotNowError } from '../ports.ts';
import { type Database, isDamage } from './open-file.ts';

/** Time between two commits. A power cut takes what was measured in it. */
export const COMMIT_EVERY_MS = 1_000;

/** Changes that may wait while the disk takes none. */
const MOST_WAITING = 50_000;

export class GroupCommit {
  readonly #db: Database;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #waiting: (() => void)[] = [];
  #isFailing = false;

  constructor(db: Database, log: Log) {
    this.#db = db;
    this.#log = log;
  }

  /** Whether so much waits that nothing more should be added that is not needed. */
  get isOverdue(): boolean {
    return this.#waiting.length >= MOST_WAITING;
  }

  add(change: () => void): void {
    this.#waiting.push(change);
  }

  /** Writes everything that waits; what can't be written now goes on waiting. Throws where the file is damaged: a new start mends it. */
  commit(): boolean {
    const changes = this.#waiting;
    if (changes.length === 0) return true;
    try {
      this.#db.transaction(() => {
        for (const change of changes) change();
      })();
    } catch (error) {
      if (isDamage(error)) throw error;
      this.#noteFailure(error as Error);
      return false;
    }
    this.#waiting = [];
    this.#isFailing = false;
    for (const listener of [...this.#listeners]) listener();
    return true;
  }

  /** Writes what waits and this, now. Throws `NotNowError` where that can't be done. */
  commitWith(change: () => void): void {
    this.add(change);
    if (this.commit()) return;
    this.#waiting.pop();
    throw new NotNowError('the outbox can not be written to at the moment');
  }

  /** Calls whenever something was committed; the answer ends that. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #noteFailure({ message }: Error): void {
    if (!this.#isFailing)
      this.#log.warn(`the outbox can not be written to: ${message}; it is tried again every second`);
    this.#isFailing = true;
  }
}
