/** What is in a folder of the server, read without one. */
import { openSqliteStore } from '@fleet/api/stores/sqlite/sqlite-store';
import type { StoredEvent } from '@fleet/testkit';

const IDLE_MS = 300_000;
const MOST_TRIPS = 1_000;
const EVER = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** Every event of every trip. */
export async function eventsInFolder(folder: string): Promise<StoredEvent[]> {
  const { events: store } = await openSqliteStore({ folder, idleMs: IDLE_MS, threads: false });
  try {
    const vehicles = (await store.vehicles()).map(({ vehicle }) => vehicle);
    const { trips } = await store.trips({ vehicles, span: EVER, limit: MOST_TRIPS, after: undefined });
    const stored: StoredEvent[] = [];
    for (const { trip_id, vehicle } of trips) {
      const found = await store.trip(trip_id, [vehicle]);
      if (found.kind !== 'found') throw new Error(`${trip_id} is listed, but ${found.kind}`);
      for await (const page of store.rows(vehicle, found.trip)) {
        stored.push(...page.map(({ ts, seq, values }) => ({ vehicle, ts: new Date(ts).toISOString(), seq, values })));
      }
    }
    return stored;
  } finally {
    await store.close();
  }
}
