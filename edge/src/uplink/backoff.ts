/** How long to wait before the next try: anything up to a bound that doubles each time, so that no two cars come at once. */

const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
/** A server that asks for more than this is asked again anyway. */
const LONGEST_WANTED_MS = 3_600_000;

export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait now; never less than what the server asked for. @see "full jitter", AWS Architecture Blog */
  next(retryAfterMs = 0): number {
    const bound = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries);
    this.#tries++;
    return Math.max(this.#random() * bound, Math.min(retryAfterMs, LONGEST_WANTED_MS));
  }

  /** It worked: the next failure is a first one. */
  reset(): void {
    this.#tries = 0;
  }
}
