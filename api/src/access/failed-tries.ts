/**
 * Counts wrong keys by address, so that keys can't be guessed by trying. A good key is never held up: the count is only
 * asked when a key was wrong.
 */

/** Wrong keys of an address in a window; the next ones are told to come back later. */
const MOST_TRIES = 20;
const WINDOW_MS = 60_000;
/** Addresses that are counted; with more, the oldest are forgotten. */
const MOST_ADDRESSES = 10_000;

export class FailedTries {
  readonly #now: () => number;
  readonly #tries = new Map<string, { count: number; until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes a wrong key; the milliseconds to wait where there were too many, else 0. */
  note(address: string): number {
    const now = this.#now();
    const known = this.#tries.get(address);
    const tries = known !== undefined && known.until > now ? known : { count: 0, until: now + WINDOW_MS };
    tries.count++;
    this.#tries.delete(address);
    this.#tries.set(address, tries);
    if (this.#tries.size > MOST_ADDRESSES) this.#tries.delete(this.#tries.keys().next().value as string);
    return tries.count > MOST_TRIES ? tries.until - now : 0;
  }
}
