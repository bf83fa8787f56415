/** Counts that outlive the process. Each is written when it first changes, then at most once a minute: they are rare news. */
import { type Database, isDamage } from './open-file.ts';

const WRITE_EVERY_MS = 60_000;

export class Counters {
  readonly #put;
  readonly #values: Map<string, number>;
  #wroteAt = Number.NEGATIVE_INFINITY;

  constructor(db: Database) {
    this.#put = db.prepare('INSERT OR REPLACE INTO counters VALUES (?, ?)');
    this.#values = new Map(db.prepare('SELECT name, value FROM counters').raw().all() as [string, number][]);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  add(name: string): void {
    const value = this.get(name) + 1;
    this.#values.set(name, value);
    if (performance.now() - this.#wroteAt <= WRITE_EVERY_MS) return;
    this.#wroteAt = performance.now();
    this.#write(name, value);
  }

  /** What is counted is mostly that the disk takes nothing: it may not take this either. */
  #write(name: string, value: number): void {
    try {
      this.#put.run(name, value);
    } catch (error) {
      if (isDamage(error)) throw error;
    }
  }
}
