/** Reads everything back over HTTP, as a user with a key for all vehicles sees it. */
import type { StoredEvent } from './ledger.ts';
import type { Target } from './senders.ts';

/** Of a trip, what tests look at. */
export interface ReadTrip {
  readonly trip_id: string;
  readonly vehicle: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly event_count: number;
  readonly distance_km: number;
  readonly distance_gap_km: number;
}

/** All trips, newest first. */
export async function readTrips(target: Target): Promise<ReadTrip[]> {
  const trips: ReadTrip[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = (await get(target, `/v1/trips?limit=500${cursor && `&cursor=${cursor}`}`)) as {
      trips: ReadTrip[];
      next_cursor: string | null;
    };
    trips.push(...page.trips);
    cursor = page.next_cursor;
  }
  return trips;
}

/** The events of all these trips. */
export async function readEventsOf(target: Target, trips: readonly ReadTrip[]): Promise<StoredEvent[]> {
  const stored: StoredEvent[] = [];
  for (const { trip_id, vehicle } of trips) {
    const document = (await get(target, `/v1/trips/${trip_id}/events.json?vehicle=${vehicle}`)) as {
      events: ({ ts: string; seq: number; source: string; dtcs?: string[] } & Record<string, number>)[];
    };
    for (const { ts, seq, source: _source, dtcs: _dtcs, ...values } of document.events) {
      stored.push({ vehicle, ts, seq, values: values as Record<string, number> });
    }
  }
  return stored;
}

async function get({ url, key }: Target, path: string): Promise<unknown> {
  const ask = () => fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  // A connection kept from before may have died with the program that it led to; a new one tells the truth.
  const response = await ask().catch(ask);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
