/** Keeps the outbox within its bound: what the server has goes first, and nothing else ever does. */
import type { SeqRange } from '../trip/seq-set.ts';
import type { Database } from './open-file.ts';

/** Events that are deleted in one commit: a slow card must not hold up what is measured. */
const DELETED_AT_ONCE = 2_000;

/** What can be deleted of a trip, and how. */
export interface Deletable {
  readonly tripId: string;
  readonly sent: readonly SeqRange[];
}

export class Room {
  readonly #db: Database;
  readonly #maxBytes: number;

  constructor(db: Database, maxBytes: number) {
    this.#db = db;
    this.#maxBytes = maxBytes;
  }

  /** Bytes in use: of the file, without what deleted rows left free in it. */
  usedBytes(): number {
    const read = (name: string) => this.#db.pragma(name, { simple: true }) as number;
    return (read('page_count') - read('freelist_count')) * read('page_size');
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  /** Whether nothing more fits, after some of what was sent was deleted, oldest trip first. */
  make(trips: Iterable<Deletable>, deleteEvents: (tripId: string, range: SeqRange) => number): boolean {
    if (this.usedBytes() <= this.#maxBytes) return false;
    let deleted = 0;
    for (const { tripId, sent } of trips) {
      for (const [first, last] of sent) {
        for (let from = first; from <= last && deleted < DELETED_AT_ONCE; from += DELETED_AT_ONCE) {
          deleted += deleteEvents(tripId, [from, Math.min(last, from + DELETED_AT_ONCE - 1)]);
        }
      }
      if (deleted >= DELETED_AT_ONCE) break;
    }
    return deleted === 0;
  }
}
