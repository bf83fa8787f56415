/** A small fleet in a real InfluxDB, written by the API's own store: what dashboards and alerts are asked about. */

import type { KeyedEvent } from '@fleet/api/ingest/key-of';
import { type InfluxStore, openInfluxStore } from '@fleet/api/stores/influxdb/influx-store';
import type { InfluxAccess } from '@fleet/testkit';

/** Between the recorded drives it is longer, inside of each it is shorter. */
export const IDLE_MS = 120_000;

/** Something to write to, whose summaries are kept when asked. */
export interface Fleet {
  readonly access: InfluxAccess;
  readonly store: InfluxStore;
  write(events: readonly KeyedEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** Events of one call. */
const AT_ONCE = 5_000;

export async function openFleet(access: InfluxAccess): Promise<Fleet> {
  const store = await openInfluxStore({ server: access, idleMs: IDLE_MS });
  return {
    access,
    store,
    async write(events) {
      for (let at = 0; at < events.length; at += AT_ONCE) await store.events.write(events.slice(at, at + AT_ONCE));
      await store.summarize(0);
    },
    close: () => store.events.close(),
  };
}
