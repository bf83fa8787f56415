/** Which devices were seen since it was last noted down. */
import type { Principal } from './principal.ts';

export class Sightings {
  readonly #now: () => number;
  #seen = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A principal was let in. */
  note({ id }: Principal): void {
    if (id.startsWith('device/')) this.#seen.set(id.slice('device/'.length), this.#now());
  }

  /** Device ids and when they were seen, milliseconds since 1970; from here on it counts anew. */
  take(): ReadonlyMap<string, number> {
    const seen = this.#seen;
    this.#seen = new Map();
    return seen;
  }
}
