import { parseTimestamp } from '@fleet/contract';
import { readDrives } from '@fleet/testkit';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finishDistance } from './distance.ts';
import { addRow, type EventRow, startTotals, type TripTotals } from './totals.ts';

function totalsOf(rows: readonly EventRow[]): TripTotals {
  const totals = startTotals();
  for (const row of rows) addRow(totals, row);
  return totals;
}

function row(seconds: number, values: Record<string, number>, source = 'dongle'): EventRow {
  return { ts: seconds * 1_000, seq: seconds, trip: null, source, values };
}

function kilometres(rows: readonly EventRow[]) {
  const { driven_km, gap_km, moving_ms } = finishDistance(totalsOf(rows).distance);
  return { driven: Number(driven_km.toFixed(3)), gap: Number(gap_km.toFixed(3)), moving_s: moving_ms / 1_000 };
}

/** Degrees of latitude that a distance is. */
const north = (metres: number) => metres / 111_195.08;

describe('recorded drives', () => {
  const drives = readDrives().map(({ truth, events }) => {
    const rows = events.map(({ ts, ...event }) => ({ ...row(0, numbersIn(event)), ts: parseTimestamp(ts) as number }));
    return { truth, totals: totalsOf(rows) };
  });

  test.each(drives)('drive $truth.drive has the distance, the top speed and the count of its logger', (drive) => {
    const { truth, totals } = drive;
    const { driven_km } = finishDistance(totals.distance);

    expect(Math.abs(driven_km / truth.logger_distance_km - 1)).toBeLessThanOrEqual(0.025);
    expect(totals.max_speed_kph).toBe(truth.max_speed_kph);
    expect(totals.event_count).toBe(truth.event_count);
  });
});

describe('distance', () => {
  test('is speed over time where speeds are at most 3 s apart', () => {
    expect(kilometres([row(0, { speed_kph: 36 }), row(3, { speed_kph: 36 })])).toEqual({
      driven: 0.03,
      gap: 0,
      moving_s: 3,
    });
  });

  test('goes by positions across a longer gap, and says so', () => {
    const rows = [
      row(0, { speed_kph: 36, lat: 0, lon: 0 }),
      row(60, { speed_kph: 36, lat: north(600), lon: 0 }),
      row(61, { speed_kph: 36, lat: north(610), lon: 0 }),
    ];

    expect(kilometres(rows)).toEqual({ driven: 0.01, gap: 0.6, moving_s: 61 });
  });

  test('follows the positions inside a gap, not the straight line', () => {
    const rows = [
      row(0, { speed_kph: 36, lat: 0, lon: 0 }),
      row(60, { lat: north(600), lon: 0 }),
      row(120, { speed_kph: 36, lat: 0, lon: 0 }),
    ];

    expect(kilometres(rows).gap).toBe(1.2);
  });

  test('ignores positions between speeds that are near each other: another source sends them', () => {
    const rows = [
      row(0, { speed_kph: 36 }),
      row(1, { lat: 0, lon: 0 }),
      row(2, { speed_kph: 36 }),
      row(3, { lat: north(100), lon: 0 }),
      row(4, { speed_kph: 36 }),
    ];

    expect(kilometres(rows)).toEqual({ driven: 0.04, gap: 0, moving_s: 4 });
  });

  test('is by positions alone where no speed is known', () => {
    const rows = [0, 1, 2, 3].map((index) => row(index * 10, { lat: north(index * 100), lon: 0 }));

    expect(kilometres(rows)).toEqual({ driven: 0, gap: 0.3, moving_s: 30 });
  });

  test("is none for a parked car's jitter, within 25 m or ten times the dilution of precision", () => {
    const parked = [0, 20, -20, 15, 0].map((metres, index) => row(index * 10, { lat: north(metres), lon: 0 }));
    const blurred = [0, 80, 10].map((metres, index) => row(index * 10, { lat: north(metres), lon: 0, hdop: 9 }));

    expect(kilometres(parked).gap).toBe(0);
    expect(kilometres(blurred).gap).toBe(0);
  });

  test('prefers the speed of the car to that of the GPS, and takes the latter where there is no other', () => {
    expect(kilometres([row(0, { gps_speed_kph: 36 }), row(2, { gps_speed_kph: 36 })]).driven).toBe(0.02);
    expect(totalsOf([row(0, { speed_kph: 50, gps_speed_kph: 90 })]).max_speed_kph).toBe(50);
  });

  test('counts standing as no motion', () => {
    expect(kilometres([row(0, { speed_kph: 3 }), row(2, { speed_kph: 3 })]).moving_s).toBe(0);
  });
});

describe('totals', () => {
  test('know the longest gap, the box, the sources and the newest of each signal', () => {
    const totals = totalsOf([
      row(0, { lat: 1, lon: 10, fuel_level_pct: 60 }, 'phone'),
      row(10, { lat: -1, lon: 12 }, 'phone'),
      row(15, { rpm: 900 }, 'constructor'),
    ]);

    expect(totals).toMatchObject({
      event_count: 3,
      first_ts: 0,
      last_ts: 15_000,
      longest_gap: { from: 0, to: 10_000 },
      bbox: [10, -1, 12, 1],
      sources: { phone: 2, constructor: 1 },
      latest: { lat: [10_000, -1], lon: [10_000, 12], fuel_level_pct: [0, 60], rpm: [15_000, 900] },
      max_speed_kph: null,
    });
  });

  test('are the same when they were put away as JSON between two rows', () => {
    const value = fc.option(fc.double({ min: 0, max: 80, noNaN: true, noDefaultInfinity: true }), { nil: undefined });
    const rows = fc
      .array(fc.record({ step: fc.nat(8), speed_kph: value, lat: value }), { maxLength: 30 })
      .map((steps) => {
        let seconds = 0;
        return steps.map(({ step, speed_kph, lat }) => {
          seconds += step;
          const place = lat === undefined ? {} : { lat, lon: 8 };
          return row(seconds, { ...(speed_kph !== undefined && { speed_kph }), ...place });
        });
      });
    fc.assert(
      fc.property(rows, fc.nat(30), (all, at) => {
        const resumed = JSON.parse(JSON.stringify(totalsOf(all.slice(0, at)))) as TripTotals;
        for (const next of all.slice(at)) addRow(resumed, next);

        expect(JSON.stringify(resumed)).toBe(JSON.stringify(totalsOf(all)));
      }),
    );
  });
});

function numbersIn(event: object): Record<string, number> {
  return Object.fromEntries(Object.entries(event).filter(([, value]) => typeof value === 'number'));
}
