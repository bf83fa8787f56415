/** The fleet that panels are asked about: the recorded drives, cars with half of the signals, one whose device counts. */
import { parseTimestamp } from '@fleet/contract';
import { type InfluxAccess, readDrives } from '@fleet/testkit';
import { CAR, counted, drive, loose, recordedEvents } from './events.ts';
import { type Fleet, openFleet } from './fleet.ts';
import type { View } from './panels.ts';

/** What the loggers say of the recorded drives. */
export const TRUTHS = readDrives().map(({ truth }) => ({
  ...truth,
  from: parseTimestamp(truth.started_at) as number,
  to: parseTimestamp(truth.ended_at) as number,
}));
export const DAY = 86_400_000;
/** All of them, on a page of usual width. */
export const KNOWN: View = {
  from: Date.UTC(2019, 4, 20),
  to: Date.UTC(2019, 4, 31),
  maxDataPoints: 1_000,
  vehicles: [CAR],
};

/** Cars with half of the signals, and one whose device counts; all on one day. */
export const T0 = Date.UTC(2026, 2, 2, 8);
export const LATER: View = { from: T0 - DAY, to: T0 + DAY, maxDataPoints: 1_000, vehicles: ['gps-only'] };
const COUNTED = 'c0c0c0c0-0000-4000-8000-000000000000';

function halfCars() {
  return [
    ...drive('gps-only', T0, 600, (s) => ({ lat: 41 + s / 10_000, lon: -96, gps_speed_kph: 40, altitude_m: 300 })),
    ...drive('obd-only', T0, 1_200, (s) => ({
      rpm: s < 5 ? 0 : 1_500,
      coolant_c: 20 + s / 20,
      battery_v: s < 5 ? (s === 4 ? 9.8 : 12.4) : 14.1,
      engine_load_pct: 30,
      fuel_rate_lph: 6,
      speed_kph: 60,
    })),
    loose('obd-only', T0 + 1_200_000, { rpm: 1_500 }, ['P0301']),
    ...[1, 2, 3, 7, 8, 10].map((seq) => counted('counts', COUNTED, seq, T0 + seq * 1_000, { speed_kph: 30 })),
  ];
}

const DOCUMENTS = ['clock-skew', 'clock-skew', 'invalid-event'].map((slug, at) => ({
  kind: 'dead-letter' as const,
  id: `letter-${at}`,
  owner: 'phone',
  at: T0,
  body: {
    device: 'phone',
    via: 'owntracks',
    context: {},
    slug,
    errors: [],
    body: '{}',
    encoding: 'utf8',
    truncated: false,
  },
}));

/** Opens a store and puts all that into it. */
export async function openKnownFleet(access: InfluxAccess): Promise<Fleet> {
  const fleet = await openFleet(access);
  await fleet.write([...recordedEvents(), ...halfCars()]);
  const { registry } = fleet.store;
  for (const document of DOCUMENTS) await registry.put(document as Parameters<typeof registry.put>[0]);
  const device = { name: 'phone', role: 'device' as const, vehicles: '*' as const, keys: [] };
  await registry.put({ kind: 'device', id: 'abc', owner: '', at: T0, body: device });
  await registry.put({ kind: 'sighting', id: 'abc', owner: '', at: T0 + 7_000, body: { at: T0 + 7_000 } });
  return fleet;
}
