/** RETENTION: what is too old is refused at the door, what gets too old goes, and a wrong clock takes nothing away. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { upkeep } from '../src/jobs/housekeeping.ts';
import { asTrip, Device, packed } from './offline.ts';
import { startTestServer, type TestServer } from './server.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const UNDO_MS = DAY;
/** Noon, so that a few hours more or less are the same day. */
const T0 = Date.UTC(2027, 5, 1, 12);

let now: number;
let server: TestServer;
afterEach(() => server.stop());

async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
  server = await startTestServer({ RETENTION: '30d', INGEST_MAX_AGE: 'off', ...env }, { now: () => now });
}

function eventAt(ts: number, more: object = {}) {
  return { vehicle_id: 'golf', ts: new Date(ts).toISOString(), speed_kph: 60, ...more };
}

/** Loose events a second apart, from a time on. */
function drive(from: number, count: number) {
  return Array.from({ length: count }, (_, index) => eventAt(from + index * 1_000));
}

function runUpkeep(): Promise<void> {
  return upkeep(server.services, UNDO_MS);
}

async function trips(): Promise<{ started_at: string; event_count: number; distance_km: number; trip_id: string }[]> {
  return (await server.request('/v1/trips')).body.trips;
}

describe('events that are older than RETENTION', () => {
  test('are refused as too-old, to the millisecond', async () => {
    now = T0;
    await start();
    await server.ingest(eventAt(T0));

    const [early, inTime] = [
      await server.ingest(eventAt(T0 - 30 * DAY - 1)),
      await server.ingest(eventAt(T0 - 30 * DAY)),
    ];

    expect([early.status, early.body.type, early.body.errors]).toEqual([
      422,
      'urn:fleet-telemetry:problem:too-old',
      [{ pointer: '/ts', detail: expect.stringContaining('2027-05-02T12:00:00Z') }],
    ]);
    expect(inTime.status).toBe(200);
  });

  test('are named among others, live and in chunks, where they become dead letters', async () => {
    now = T0;
    await start();
    const trip_id = crypto.randomUUID();
    const events = asTrip([eventAt(T0 - 40 * DAY), eventAt(T0 - DAY), eventAt(T0)], trip_id);
    const device = new Device({ url: server.url, key: await server.key(), vehicle: 'golf', trip_id });
    await server.ingest(eventAt(T0));

    const live = await server.ingest(events);
    await device.announce();
    const chunk = await device.putChunk({
      no: 1,
      bytes: packed(events.map((event) => JSON.stringify(event)).join('\n')),
    });

    expect(live.body).toMatchObject({ accepted: 2, rejected: [{ index: 0, type: 'too-old' }] });
    expect(chunk.body).toMatchObject({ accepted: 2, rejected: [{ line: 1, seq: 1, type: 'too-old' }] });
    const letters = (await server.request('/v1/dead-letters')).body.dead_letters;
    expect(letters).toMatchObject([{ type: 'too-old', body: JSON.stringify(events[0]) }]);
  });

  test('are taken without RETENTION, however old', async () => {
    now = T0;
    await start({ RETENTION: 'off' });
    await server.ingest(eventAt(T0));

    expect((await server.ingest(eventAt(Date.UTC(2010, 0, 2)))).status).toBe(200);
    await runUpkeep();

    expect(await trips()).toHaveLength(2);
  });
});

describe('events that get older than RETENTION', () => {
  test('go, with their trips; a trip that is half past it keeps its other half, and its totals are those of that', async () => {
    now = T0;
    await start();
    await server.ingest(drive(T0 - 10 * DAY, 601));
    await server.ingest(drive(T0 - 5 * DAY, 601));
    await server.ingest(drive(T0, 10));
    expect((await trips()).map(({ event_count }) => event_count)).toEqual([10, 601, 601]);
    now = T0 + 25 * DAY + 5 * MINUTE;
    await server.ingest(eventAt(now));

    await runUpkeep();

    const [, recent, half, ...others] = await trips();
    expect(others).toEqual([]);
    expect(recent).toMatchObject({ event_count: 10 });
    expect(half).toMatchObject({ event_count: 301, started_at: '2027-05-27T12:05:00Z', distance_km: 5 });
    const { body } = await server.request(`/v1/trips/${half?.trip_id}/events.json`);
    expect(body.events).toHaveLength(301);
    expect((await server.request('/v1/system')).body.stored_events).toBe(301 + 10 + 1);
    const day = '2027-05-27T00:00:00Z&to=2027-05-28T00:00:00Z';
    const { points } = (await server.request(`/v1/vehicles/golf/history?signal=speed_kph&step=1m&from=${day}`)).body;
    expect(points.map(({ ts }: { ts: string }) => ts)[0]).toBe('2027-05-27T12:05:00Z');
    expect(points.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(301);
  });

  test('leave their vehicle, its name and what was uploaded of them', async () => {
    now = T0;
    await start();
    await server.request('/v1/vehicles/golf', { method: 'PUT', body: { name: 'The old one' } });
    await server.ingest(drive(T0 - 10 * DAY, 20));
    now = T0 + 40 * DAY;
    await server.ingest(eventAt(now, { vehicle_id: 'polo' }));

    await runUpkeep();

    expect((await trips()).map(({ event_count }) => event_count)).toEqual([1]);
    expect((await server.request('/v1/vehicles')).body.vehicles).toEqual([
      { vehicle: 'golf', name: 'The old one', aliases: [], last_ts: null },
      expect.objectContaining({ vehicle: 'polo' }),
    ]);
    expect((await server.request('/v1/vehicles/golf/latest')).status).toBe(404);
  });
});

describe('a wrong clock takes nothing away', () => {
  test('of the server: RETENTION counts from the newest event where the clock is ahead', async () => {
    now = T0;
    await start();
    await server.ingest(drive(T0 - 20 * DAY, 20));
    await server.ingest(drive(T0, 20));
    now = T0 + 3_000 * DAY;

    await runUpkeep();

    expect((await trips()).map(({ event_count }) => event_count)).toEqual([20, 20]);
    expect((await server.ingest(eventAt(T0 - 29 * DAY))).status).toBe(200);
    expect((await server.ingest(eventAt(T0 - 31 * DAY))).status).toBe(422);
  });

  test('of a device: RETENTION counts from now where an event is ahead, and one far ahead is refused', async () => {
    now = T0;
    await start({ INGEST_MAX_AHEAD: '1h' });
    await server.ingest(drive(T0 - 30 * DAY, 20));
    expect((await server.ingest(eventAt(T0 + 4_000 * DAY))).status).toBe(422);
    expect((await server.ingest(eventAt(T0 + 59 * MINUTE))).status).toBe(200);

    await runUpkeep();

    expect((await trips()).map(({ event_count }) => event_count)).toEqual([1, 20]);
  });
});
