/** Counts of what the server does: plain numbers on the hot path, put into words only when somebody asks. */

/** Upper bounds of the times that are told apart, seconds. */
export const DURATION_BOUNDS_S = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10] as const;

/** Requests of one route with one status. */
export interface RequestTally {
  count: number;
  /** Seconds in all. */
  sum: number;
  /** Requests that took no longer than each of the bounds. */
  readonly buckets: number[];
}

/** Requests of one route, by status. */
export class RouteTally {
  readonly method: string;
  readonly route: string;
  readonly byStatus = new Map<number, RequestTally>();

  constructor(method: string, route: string) {
    this.method = method;
    this.route = route;
  }

  /** Counts a request. */
  add(status: number, seconds: number): void {
    let tally = this.byStatus.get(status);
    if (tally === undefined) {
      tally = { count: 0, sum: 0, buckets: DURATION_BOUNDS_S.map(() => 0) };
      this.byStatus.set(status, tally);
    }
    tally.count++;
    tally.sum += seconds;
    for (let at = DURATION_BOUNDS_S.length - 1; at >= 0 && seconds <= (DURATION_BOUNDS_S[at] ?? 0); at--) {
      tally.buckets[at] = (tally.buckets[at] ?? 0) + 1;
    }
  }
}

/** How MQTT stands, asked when somebody wants to know. */
export interface MqttState {
  /** Clients of the broker inside. */
  clients: () => number;
  /** Whether the broker outside is reached; undefined where there is none. */
  isConnected: () => boolean | undefined;
  /** Messages that are being stored, and not acknowledged. */
  waiting: () => number;
}

export class Tallies {
  readonly mqtt: MqttState = { clients: () => 0, isConnected: () => undefined, waiting: () => 0 };
  readonly routes: RouteTally[] = [];
  readonly #events = new Map<string, number>();
  /** Signals for which a repeated event said something else than the stored one. */
  differing = 0;

  /** The tally of a route: one and the same for all that serve it. */
  route(method: string, route: string): RouteTally {
    const known = this.routes.find((each) => each.method === method && each.route === route);
    if (known !== undefined) return known;
    const tally = new RouteTally(method, route);
    this.routes.push(tally);
    return tally;
  }

  /** Counts events by what became of them: an outcome of the store, or the problem they were refused with. */
  events(outcome: string, count = 1): void {
    this.#events.set(outcome, (this.#events.get(outcome) ?? 0) + count);
  }

  eventCounts(): ReadonlyMap<string, number> {
    return this.#events;
  }
}
