/** Every query of every panel on a real InfluxDB that the API's own store filled; numbers are those of the loggers. */

import { parseTimestamp } from '@fleet/contract';
import { readDrives } from '@fleet/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithInfluxd } from '../../api/test/influx.ts';
import { CAR, counted, drive, loose, recordedEvents } from './events.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { look, QUERIES, rows, type View } from './panels.ts';

const TRUTHS = readDrives().map(({ truth }) => ({
  ...truth,
  from: parseTimestamp(truth.started_at) as number,
  to: parseTimestamp(truth.ended_at) as number,
}));
const DAY = 86_400_000;
const KNOWN: View = {
  from: Date.UTC(2019, 4, 20),
  to: Date.UTC(2019, 4, 31),
  maxDataPoints: 1_000,
  vehicles: [CAR],
};

/** Cars with half of the signals, and one whose device counts; all on one day. */
const T0 = Date.UTC(2026, 2, 2, 8);
const LATER: View = { from: T0 - DAY, to: T0 + DAY, maxDataPoints: 1_000, vehicles: ['gps-only'] };
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

describeWithInfluxd('panels', (server) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await openFleet(await server().makeBuckets());
    await fleet.write([...recordedEvents(), ...halfCars()]);
    const { registry } = fleet.store;
    for (const document of DOCUMENTS) await registry.put(document as Parameters<typeof registry.put>[0]);
    const device = { name: 'phone', role: 'device' as const, vehicles: '*' as const, keys: [] };
    await registry.put({ kind: 'device', id: 'abc', owner: '', at: T0, body: device });
    await registry.put({ kind: 'sighting', id: 'abc', owner: '', at: T0 + 7_000, body: { at: T0 + 7_000 } });
  }, 60_000);
  afterAll(() => fleet.close());

  const ask = (uid: string, where: string, view: View) => rows(fleet.access, uid, where, view);
  const one = async (uid: string, where: string, column: string, view = KNOWN) =>
    (await ask(uid, where, view))[0]?.[column];

  describe.each<[string, View]>([
    ['the recorded drives', KNOWN],
    ['a minute of them', { ...KNOWN, from: TRUTHS[0]!.from, to: TRUTHS[0]!.from + 60_000, timeZone: 'Europe/Berlin' }],
    ['three years', { ...KNOWN, from: KNOWN.from - 2 * 365 * DAY, to: KNOWN.to + 365 * DAY, maxDataPoints: 300 }],
    ['a car with GPS only', LATER],
    ['a car with OBD only', { ...LATER, vehicles: ['obd-only'], timeZone: 'America/Chicago' }],
    ['several cars', { ...LATER, vehicles: ['gps-only', 'obd-only', 'counts'] }],
    ['a car that is not there', { ...LATER, vehicles: ['nobody'] }],
    ['a time without events', { ...KNOWN, from: T0 - 10 * DAY, to: T0 - 9 * DAY }],
  ])('%s', (_, view) => {
    test.each(QUERIES)('$uid: $where', async ({ uid, where }) => {
      await expect(look(fleet.access, uid, where, view)).resolves.toBeInstanceOf(Array);
    });
  });

  test('the list has every drive with the truth of its logger', async () => {
    const listed = await ask('fleet-trips', 'List of trips', KNOWN);

    expect(listed.map(({ start, end }) => [start, end])).toEqual(TRUTHS.map(({ from, to }) => [from, to]).reverse());
    expect(listed.map(({ max_speed_kph }) => max_speed_kph)).toEqual(
      TRUTHS.map((each) => each.max_speed_kph).reverse(),
    );
    expect(listed.every(({ completeness_pct }) => completeness_pct === 100)).toBe(true);
    expect(listed.every(({ from_ms, to_ms, start, end }) => from_ms === start && to_ms === Number(end) + 1_000)).toBe(
      true,
    );
  });

  test.each(TRUTHS)('a row of the list leads to drive $drive alone', async ({ from, to, ...truth }) => {
    const view = { ...KNOWN, from, to: to + 1_000 };

    const km = Number(await one('fleet-trip', 'Distance', 'distance_km', view));
    expect(await one('fleet-trip', 'Top speed', 'max_speed_kph', view)).toBe(truth.max_speed_kph);
    expect(await one('fleet-trip', 'Duration', 'duration_s', view)).toBe((to - from) / 1_000);
    expect(km).toBeGreaterThan(truth.logger_distance_km * 0.977);
    const track = await ask('fleet-trip', 'Track', view);
    expect(track.length).toBeGreaterThan(20);
    expect(Math.max(...track.map(({ kph }) => Number(kph)))).toBeLessThanOrEqual(truth.max_speed_kph);
  });

  test('totals of the fleet are those of all loggers', async () => {
    const events = TRUTHS.reduce((sum, { event_count }) => sum + event_count, 0);

    expect(await one('fleet-overview', 'Trips', 'trips')).toBe(18);
    expect(await one('fleet-overview', 'Events', 'event_count')).toBe(events);
    expect(await one('fleet-overview', 'Vehicles', 'vehicles')).toBe(1);
    expect(await one('fleet-driving', 'Top speed', 'max_speed_kph')).toBe(98.2);
    const days = await ask('fleet-overview', 'Events a day', KNOWN);
    expect(days.reduce((sum, { _value }) => sum + Number(_value), 0)).toBe(events);
    expect(days[0]).toMatchObject({ _time: Date.UTC(2019, 4, 23), _field: CAR, _value: 515 });
  });

  test('shares of speeds add up, and bands stand in order', async () => {
    const bands = await ask('fleet-trip', 'Speeds', { ...KNOWN, from: TRUTHS[0]!.from, to: TRUTHS[0]!.to });

    expect(bands.map(({ band }) => Number(band))).toEqual([0, 10, 20, 30, 40, 50]);
    expect(bands.reduce((sum, { share_pct }) => sum + Number(share_pct), 0)).toBeCloseTo(100, 6);
  });

  test('a long track is down-sampled to what Grafana takes', async () => {
    const wide = await ask('fleet-trip', 'Track', { ...KNOWN, maxDataPoints: 200 });

    expect(wide.length).toBeLessThanOrEqual(400);
  });

  test('hard events of a day are those that the summaries count, and gaps those of the record', async () => {
    const day = { ...KNOWN, from: Date.UTC(2019, 4, 27), to: Date.UTC(2019, 4, 28) };

    const hard = await ask('fleet-trip', 'Hard braking and acceleration', day);
    const braking = Number(await one('fleet-trip', 'Hard braking', 'braking_count', day));
    expect(hard.filter(({ kind }) => kind === 'braking').length).toBe(braking);
    expect(hard.every(({ seconds, peak_mps2 }) => Number(seconds) >= 2 && Math.abs(Number(peak_mps2)) >= 3)).toBe(true);
    expect(hard.length).toBeGreaterThan(0);
    const gaps = await ask('fleet-trip', 'Gaps', { ...KNOWN, from: 1_558_987_266_000, to: 1_558_989_157_000 });
    expect(gaps[0]?.['gap_s']).toBe(74);
  });

  test('what a device counted and never sent is missing everywhere', async () => {
    const view = { ...LATER, vehicles: ['counts'] };

    expect(await one('fleet-quality', 'Missing events', 'missing_count', view)).toBe(4);
    expect(await ask('fleet-quality', 'Trips with missing events', view)).toMatchObject([
      { vin: 'counts', event_count: 6, missing_count: 4 },
    ]);
    expect(await one('fleet-trips', 'List of trips', 'completeness_pct', view)).toBe(60);
  });

  test('dead letters, devices and sources are told apart', async () => {
    expect(await ask('fleet-quality', 'Dead letters by reason', LATER)).toEqual([
      { reason: 'clock-skew', device: 'phone', letters: 2 },
      { reason: 'invalid-event', device: 'phone', letters: 1 },
    ]);
    expect(await ask('fleet-quality', 'Devices', LATER)).toEqual([{ device: 'phone', last_seen: T0 + 7_000 }]);
    expect(await ask('fleet-quality', 'Sources', LATER)).toMatchObject([
      { source: 'dongle', vin: 'gps-only', events: 600 },
    ]);
  });

  test('an engine tells its warm-up, battery, consumption and codes', async () => {
    const view = { ...LATER, vehicles: ['obd-only'] };

    const warm = await ask('fleet-engine', 'Warm-up', view);
    expect(warm.length).toBe(20);
    expect(Number(warm[10]?.['newest'])).toBeCloseTo(20 + 629.5 / 20, 1);
    const battery = await ask('fleet-engine', 'Battery', view);
    expect(Object.fromEntries(battery.map(({ _field, _value }) => [_field, _value]))).toMatchObject({ lowest: 9.8 });
    expect(Number(await one('fleet-trips', 'List of trips', 'consumption_l_100km', view))).toBeCloseTo(10, 1);
    expect(await ask('fleet-engine', 'Trouble codes', view)).toMatchObject([{ code: '["P0301"]', times: 1 }]);
  });

  test('a car with GPS only has a track, a speed and a place on the map', async () => {
    const [place] = await ask('fleet-overview', 'Last positions', LATER);
    expect(place).toMatchObject({ vin: 'gps-only', lat: 41 + 599 / 10_000, lon: -96 });
    expect((await ask('fleet-trip', 'Track', LATER)).every(({ kph }) => kph === 40)).toBe(true);
    expect(await ask('fleet-live', 'Speed over the last minutes', LATER)).toContainEqual(
      expect.objectContaining({ _field: 'gps-only', _value: 40 }),
    );
  });

  test('events that were stored under another name of a vehicle are shown with it', async () => {
    const aliases = { name: null, aliases: ['gps-only'] };
    await fleet.store.registry.put({ kind: 'vehicle', id: 'anna', owner: '', at: T0, body: aliases });
    await fleet.write([loose('anna', T0 + DAY / 2, { gps_speed_kph: 10 })]);

    const view = { ...LATER, vehicles: ['anna'] };
    expect((await ask('fleet-overview', 'variable vehicle', view)).map(({ _value }) => _value)).not.toContain(
      'gps-only',
    );
    expect((await ask('fleet-trip', 'Track', view)).length).toBeGreaterThan(1);
    expect(await one('fleet-overview', 'Trips', 'trips', view)).toBe(2);
  });
});
