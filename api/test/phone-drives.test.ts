/** A real drive as each app and dongle would send it ends as the same trip; so does one that a dongle and a phone share. */
import { parseTimestamp, type TelemetryEvent } from '@fleet/contract';
import { integerBetween, readDrives, seededRandom, shuffled } from '@fleet/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestRequest, type TestServer, until } from './server.ts';

const events = readDrives().find(({ truth }) => truth.drive === 14)?.events ?? [];
const STARTED = timeOf(events[0] as TelemetryEvent);

function timeOf({ ts }: TelemetryEvent): number {
  return parseTimestamp(ts) as number;
}

type Sent = readonly [query: string, request?: TestRequest];

function json(body: unknown, query = ''): Sent {
  return [query, { body }];
}

function queryOf(values: Readonly<Record<string, number | string | undefined>>): string {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return String(new URLSearchParams(known.map(([name, value]): [string, string] => [name, String(value)])));
}

function mps(kph: number | undefined): number | undefined {
  return kph === undefined ? undefined : kph / 3.6;
}

/** What each app sends for an event. */
const ONE_BY_ONE: Readonly<Record<string, (event: TelemetryEvent) => Sent>> = {
  torque: (event) => [
    queryOf({
      session: STARTED,
      id: '8a10dcdc03a8b509d9ff1dc42b855a4e',
      time: timeOf(event),
      kd: event.speed_kph,
      kc: event.rpm,
      kff1006: event.lat,
      kff1005: event.lon,
      kff1010: event.altitude_m,
    }),
  ],
  osmand: (event) => [
    queryOf({
      id: 1,
      timestamp: timeOf(event) / 1_000,
      lat: event.lat,
      lon: event.lon,
      speed: (event.speed_kph ?? 0) / 1.852,
      hdop: event.hdop,
    }),
    { method: 'POST' },
  ],
  owntracks: (event) =>
    json({
      _type: 'location',
      tst: timeOf(event) / 1_000,
      lat: event.lat,
      lon: event.lon,
      vel: event.speed_kph,
      tid: 'JJ',
    }),
  gpslogger: (event) => [
    queryOf({
      starttimestamp: STARTED / 1_000,
      aid: '7c3b',
      timestamp: timeOf(event) / 1_000,
      lat: event.lat,
      lon: event.lon,
      spd: mps(event.speed_kph),
    }),
  ],
  thingsboard: (event) => {
    const { speed_kph, rpm, lat, lon } = event;
    return json({ ts: timeOf(event), values: { speed_kph, rpm, lat, lon } });
  },
  leafspy: (event) => [queryOf({ Lat: event.lat, Long: event.lon, RPM: event.rpm, SOC: 80 })],
  wican: (event) => json({ autopid_data: { '0D-VehicleSpeed': event.speed_kph, '0C-EngineRPM': event.rpm } }),
};

const AT_ONCE: Readonly<Record<string, (events: readonly TelemetryEvent[]) => Sent>> = {
  overland: (all) =>
    json({
      locations: all.map((event) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [event.lon, event.lat] },
        properties: { timestamp: event.ts, speed: mps(event.speed_kph) },
      })),
    }),
  autopi: (all) =>
    json(
      all.flatMap((event) => [
        { '@ts': event.ts.replace('Z', '.000000'), '@t': 'track.pos', loc: { lat: event.lat, lon: event.lon } },
        { '@ts': event.ts.replace('Z', '.000000'), '@t': 'obd.speed', value: event.speed_kph },
      ]),
    ),
};

/** Formats without a time of their own: the server's clock is the drive's. */
const UNTIMED = ['wican', 'leafspy'];

let clock = Date.now();
let server: TestServer;
let native: { distance_km: number; duration_s: number; event_count: number };
beforeAll(async () => {
  server = await startTestServer({ INGEST_MAX_AGE: 'off', LOG_LEVEL: 'error' }, { now: () => clock });
  await server.ingest(events.map((event) => ({ ...event, vehicle_id: 'native' })));
  native = await tripOf('native');
});
afterAll(() => server.stop());

async function tripOf(vehicle: string) {
  const { body } = await server.request(`/v1/trips?vehicle=${vehicle}`);
  expect(body.trips).toHaveLength(1);
  return body.trips[0];
}

async function post(format: string, key: string, [query, request]: Sent): Promise<void> {
  const { status } = await server.request(`/i/${format}/${key}${query === '' ? '' : `?${query}`}`, {
    key: '',
    ...request,
  });
  expect(status).toBe(200);
}

describe('a real drive', () => {
  test.each(Object.keys(ONE_BY_ONE))(
    'sent by %s, shuffled and twice, is the same trip',
    async (format) => {
      const key = await server.key(format);
      const convert = ONE_BY_ONE[format] as (event: TelemetryEvent) => Sent;
      const untimed = UNTIMED.includes(format);
      const order = untimed ? events : shuffled(seededRandom(1), [...events, ...events]);
      for (const event of order) {
        if (untimed) clock = timeOf(event);
        await post(format, key, convert(event));
      }
      clock = Date.now();

      const trip = await tripOf(format);
      expect(trip.event_count).toBe(native.event_count);
      expect(trip.duration_s).toBe(native.duration_s);
      expect(Math.abs(trip.distance_km / native.distance_km - 1)).toBeLessThan(0.02);
    },
    60_000,
  );

  test.each(Object.keys(AT_ONCE))('sent by %s in batches is the same trip', async (format) => {
    const key = await server.key(format);
    const convert = AT_ONCE[format] as (events: readonly TelemetryEvent[]) => Sent;
    for (let at = 0; at < events.length; at += 200) await post(format, key, convert(events.slice(at, at + 200)));

    const trip = await tripOf(format);
    expect(trip.event_count).toBe(native.event_count);
    expect(Math.abs(trip.distance_km / native.distance_km - 1)).toBeLessThan(0.02);
  });

  test('shared by a dongle without GPS and a phone without OBD is one trip, with one track', async () => {
    const random = seededRandom(3);
    const dongle = await named('dongle');
    const phone = await named('phone');
    const readings = events.map((event) => {
      const at = timeOf(event) + integerBetween(random, -300, 300);
      return [
        'autopi',
        dongle,
        json([{ '@ts': new Date(at).toISOString(), '@t': 'obd.speed', value: event.speed_kph }]),
      ] as const;
    });
    const places = events.map((event) => {
      const location = {
        _type: 'location',
        tst: timeOf(event) / 1_000 + 2,
        lat: event.lat,
        lon: event.lon,
        vel: event.speed_kph,
      };
      return ['owntracks', phone, json(location)] as const;
    });
    for (const [format, key, sent] of shuffled(random, [...readings, ...places])) await post(format, key, sent);

    const trip = await until(
      () => tripOf('shared'),
      ({ event_count }) => event_count > events.length,
    );
    expect(trip.sources.map(({ source }: { source: string }) => source).sort()).toEqual(['dongle', 'phone']);
    expect(Math.abs(trip.distance_km / native.distance_km - 1)).toBeLessThan(0.02);
    const { body: track } = await server.request(`/v1/trips/${trip.trip_id}/events.geojson`);
    expect(track.properties.times.flat()).toHaveLength(events.length);
    const { body: curves } = await server.request(`/v1/trips/${trip.trip_id}/events?max_points=100000`);
    const speeds = curves.events.filter((event: object) => 'speed_kph' in event);
    expect(new Set(speeds.map(({ source }: { source: string }) => source))).toEqual(new Set(['dongle']));
  }, 60_000);

  async function named(name: string): Promise<string> {
    const { body } = await server.request('/v1/devices', { body: { name, vehicles: ['shared'] } });
    return body.key;
  }
});
