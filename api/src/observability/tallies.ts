/** Counts of what the server does: plain numbers on the hot path, put into words only when somebody asks. */

/** Upper bounds of the times that are told apart, seconds. */
export const DURATION_BOUNDS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10] as const;

/** Requests of one route with one status. */
export interface RequestTally {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  count: number;
  /** Seconds in all. */
  sum: number;
  /** Requests that took no longer than each of the bounds. */
  readonly buckets: number[];
}

export class Tallies {
  readonly #requests = new Map<string, RequestTally>();
  readonly #events = new Map<string, number>();
  /** Signals for which a repeated event said something else than the stored one. */
  differing = 0;

  /** Counts a request. */
  request(method: string, route: string, status: number, seconds: number): void {
    const tally = this.#requestTally(method, route, status);
    tally.count++;
    tally.sum += seconds;
    for (let at = DURATION_BOUNDS_S.length - 1; at >= 0 && seconds <= (DURATION_BOUNDS_S[at] ?? 0); at--) {
      tally.buckets[at] = (tally.buckets[at] ?? 0) + 1;
    }
  }

  /** Counts events by what became of them: an outcome of the store, or the problem they were refused with. */
  events(outcome: string, count = 1): void {
    this.#events.set(outcome, (this.#events.get(outcome) ?? 0) + count);
  }

  requests(): Iterable<RequestTally> {
    return this.#requests.values();
  }

  eventCounts(): ReadonlyMap<string, number> {
    return this.#events;
  }

  #requestTally(method: string, route: string, status: number): RequestTally {
    const key = `${method} ${route} ${status}`;
    let tally = this.#requests.get(key);
    if (tally === undefined) {
      tally = { method, route, status, count: 0, sum: 0, buckets: DURATION_BOUNDS_S.map(() => 0) };
      this.#requests.set(key, tally);
    }
    return tally;
  }
}
