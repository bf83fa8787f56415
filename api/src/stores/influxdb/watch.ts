/** Looks which containers were written to since it last looked, by whatever process. */
import type { InfluxClient } from './client.ts';
import { GOOD_MS, GRACE_MS } from './touches.ts';

/** How far the clocks of two processes may be apart, milliseconds. */
const CLOCKS_APART_MS = 60_000;

/** A container whose events may be others than before. */
export interface Touched {
  readonly vehicle: string;
  readonly container: string;
  /** Events before this are those that were there before, milliseconds since 1970. */
  readonly first_ts: number;
  /** Whether only this process wrote. */
  readonly isOwn: boolean;
}

/** Whether a mark of a container with this time is the process's own. */
export type IsOwn = (vehicle: string, container: string, time: string) => boolean;

export class Watch {
  readonly #client: InfluxClient;
  /** Marks that were closed when they were seen, by their time and container: what relied on them was read since. */
  #done = new Set<string>();
  readonly #isOwn: IsOwn;
  #since: number;

  /** All marks from `since` on count as new, milliseconds since 1970; `isOwn` tells those of this process. */
  constructor(client: InfluxClient, since: number, isOwn: IsOwn = () => false) {
    this.#client = client;
    this.#since = since;
    this.#isOwn = isOwn;
  }

  /** Of marks that were made before this nobody hears any more that an event is stored. */
  static horizon(): number {
    return Date.now() - CLOCKS_APART_MS - GOOD_MS - GRACE_MS;
  }

  /** What was, or may have been, written to since the last look. One look at a time. */
  async look(): Promise<Touched[]> {
    const next = Watch.horizon();
    const marks = await this.#client.query(
      this.#client.bucket,
      `SELECT first_ts, closed, vin, trip_id FROM touched WHERE time >= ${Math.max(0, this.#since)}000000`,
    );
    const done = new Set<string>();
    const touched: Touched[] = [];
    for (const { time = '', closed, first_ts, vin: vehicle = '', trip_id: container = '' } of marks) {
      const place = `${time} ${vehicle} ${container}`;
      if (closed === 'true') done.add(place);
      if (this.#done.has(place)) continue;
      touched.push({ vehicle, container, first_ts: Number(first_ts), isOwn: this.#isOwn(vehicle, container, time) });
    }
    this.#done = done;
    this.#since = next;
    return touched;
  }
}
