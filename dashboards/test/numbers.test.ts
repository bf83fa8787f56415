/** What panels show is what was driven: numbers are those of the loggers. */
import type { SignalValues } from '@fleet/contract';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithInfluxd } from '../../api/test/influx.ts';
import { CAR, drive, loose } from './events.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { DAY, KNOWN, LATER, openKnownFleet, T0, TRUTHS } from './known-fleet.ts';
import { rows, type View } from './panels.ts';

/** A stop by 4 m/s² after 20 seconds, km/h. */
const stop = (second: number) => Math.min(80, Math.max(0, 80 - (second - 20) * 14.4));

describeWithInfluxd('numbers of panels', (server) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await openKnownFleet(await server().makeBuckets());
  }, 60_000);
  afterAll(() => fleet.close());

  const ask = (uid: string, where: string, view: View) => rows(fleet.access, uid, where, view);
  const one = async (uid: string, where: string, column: string, view = KNOWN) =>
    (await ask(uid, where, view))[0]?.[column];

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
    expect(await one('fleet-overview', 'Events', 'events')).toBe(events);
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

  test.each<[string, (s: number) => readonly [SignalValues, SignalValues?]]>([
    ['that the car measured', (s) => [{ speed_kph: 50, accel_long_mps2: s >= 20 && s < 24 ? -4 : 0 }]],
    ['between the car and a GPS that lags', (s) => [{ speed_kph: stop(s) }, { gps_speed_kph: stop(s) + 5 }]],
    ['of a car with GPS only', (s) => [{ gps_speed_kph: stop(s) }]],
  ])('hard braking %s is listed as it is counted', async (how, says) => {
    const vehicle = how.replaceAll(' ', '-');
    await fleet.write(
      Array.from({ length: 60 }, (_, s) =>
        says(s).flatMap((values, at) => (values ? [loose(vehicle, T0 + s * 1_000 + at * 500, values)] : [])),
      ).flat(),
    );
    const view = { ...LATER, to: T0 + 60_000, vehicles: [vehicle] };

    expect(await one('fleet-trip', 'Hard braking', 'braking_count', view)).toBe(1);
    expect(await ask('fleet-trip', 'Hard braking and acceleration', view)).toMatchObject([{ kind: 'braking' }]);
  });

  test('what a device counted and never sent is missing everywhere', async () => {
    const view = { ...LATER, vehicles: ['counts'] };

    expect(await one('fleet-quality', 'Missing events', 'missing_count', view)).toBe(4);
    expect(await ask('fleet-quality', 'Trips with missing events', view)).toMatchObject([
      { vin: 'counts', events: 6, missing_count: 4 },
    ]);
    expect(await one('fleet-trips', 'List of trips', 'completeness_pct', view)).toBe(60);
  });

  test.each([
    ['utc', Date.UTC(2026, 2, 8), Date.UTC(2026, 2, 2)],
    ['Europe/Berlin', Date.UTC(2026, 2, 8, 23), Date.UTC(2026, 2, 8, 23)],
    ['America/Chicago', Date.UTC(2026, 2, 8, 6), Date.UTC(2026, 2, 2, 6)],
  ])('a drive at the turn of a week belongs to a day and a week of %s', async (timeZone, day, monday) => {
    const late = Date.UTC(2026, 2, 8, 23, 30);
    await fleet.write([0, 1, 2].map((s) => loose('late', late + s * 1_000, { speed_kph: 30 })));
    const view = { ...LATER, from: late - 30 * DAY, to: late + DAY, vehicles: ['late'], timeZone };

    expect(await ask('fleet-overview', 'Events a day', view)).toMatchObject([{ _time: day, _value: 3 }]);
    expect(await ask('fleet-driving', 'Idling by week', view)).toMatchObject([{ _time: monday }]);
  });

  test('dead letters, devices and sources are told apart', async () => {
    expect(await ask('fleet-quality', 'Dead letters by reason', LATER)).toEqual([
      { reason: 'clock-skew', device: 'phone', letters: 2 },
      { reason: 'invalid-event', device: 'phone', letters: 1 },
    ]);
    expect(await ask('fleet-quality', 'Devices', LATER)).toEqual([{ device: 'phone', last_seen: T0 + 7_000 }]);
    expect(await ask('fleet-quality', 'Sources', LATER)).toMatchObject([
      { source: 'dongle', vin: 'gps-only', events: 600, last_seen: T0 + 599_000 },
    ]);
  });

  test('a device that was never heard of is listed too', async () => {
    const fresh = await openFleet(await server().makeBuckets());
    const body = { name: 'Jürgens Handy', role: 'device' as const, vehicles: '*' as const, keys: [] };
    await fresh.store.registry.put({ kind: 'device', id: 'new', owner: '', at: T0, body });

    const devices = await rows(fresh.access, 'fleet-quality', 'Devices', { ...LATER });
    expect(devices).toEqual([{ device: 'Jürgens Handy', last_seen: null }]);
    await fresh.close();
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

  test("the newest speed is the car's own, or that of its GPS", async () => {
    const now = { ...LATER, to: T0 + 600_000, vehicles: ['gps-only', 'obd-only'] };

    const speeds = await ask('fleet-live', 'Speed', now);
    expect(Object.fromEntries(speeds.map(({ _field, _value }) => [_field, _value]))).toEqual({
      'gps-only': 40,
      'obd-only': 60,
    });
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
    await fleet.write(drive('annas-phone', T0, 600, (s) => ({ lat: 41 + s / 10_000, lon: -96, gps_speed_kph: 40 })));
    const aliases = { name: null, aliases: ['annas-phone'] };
    await fleet.store.registry.put({ kind: 'vehicle', id: 'anna', owner: '', at: T0, body: aliases });
    await fleet.write([loose('anna', T0 + DAY / 2, { gps_speed_kph: 10 })]);

    const view = { ...LATER, vehicles: ['anna'] };
    expect((await ask('fleet-overview', 'variable vehicle', view)).map(({ _value }) => _value)).not.toContain(
      'annas-phone',
    );
    expect((await ask('fleet-trip', 'Track', view)).length).toBeGreaterThan(1);
    expect(await one('fleet-overview', 'Trips', 'trips', view)).toBe(2);
  });
});
