/** Looks which containers were written to since it last looked, by whatever process. */
import type { InfluxClient } from './client.ts';
import { SLOT_MS } from './touches.ts';

/** How far the clocks of two processes may be apart, milliseconds. */
const CLOCKS_APART_MS = 60_000;

/** A container whose events may be others than before. */
export interface Touched {
  readonly vehicle: string;
  readonly container: string;
  /** Events before this are those that were there before, milliseconds since 1970. */
  readonly first_ts: number;
}

export class Watch {
  readonly #client: InfluxClient;
  /** The number of each mark that was seen and may still change, by its time and container. */
  #seen = new Map<string, string>();
  #since: number;

  /** All marks from `since` on count as new, milliseconds since 1970. */
  constructor(client: InfluxClient, since: number) {
    this.#client = client;
    this.#since = since;
  }

  /** A time before which no mark appears from now on. */
  static horizon(): number {
    return Date.now() - CLOCKS_APART_MS - SLOT_MS;
  }

  /** What was written to since the last look. One look at a time. */
  async look(): Promise<Touched[]> {
    const next = Watch.horizon();
    const marks = await this.#client.query(
      this.#client.bucket,
      `SELECT n, first_ts, vin, trip_id FROM touched WHERE time >= ${Math.max(0, this.#since)}000000`,
    );
    const seen = new Map<string, string>();
    const touched: Touched[] = [];
    for (const { time = '', n = '', first_ts, vin: vehicle = '', trip_id: container = '' } of marks) {
      const place = `${time} ${vehicle} ${container}`;
      seen.set(place, n);
      if (this.#seen.get(place) !== n) touched.push({ vehicle, container, first_ts: Number(first_ts) });
    }
    this.#seen = seen;
    this.#since = next;
    return touched;
  }
}
