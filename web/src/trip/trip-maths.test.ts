/** The pure parts of the trip page. */
import { describe, expect, test } from '@jest/globals';
import { type Columns, curveOf, gapLimit, nearestIndex, valueAt } from './columns.ts';
import { harshEvents, idlePeriods } from './driving.ts';
import { nearestPoint, piecesOf, pointsOf } from './track.ts';

const T0 = Date.parse('2026-01-01T12:00:00Z');

/** A second a value. */
function columns(values: Readonly<Record<string, readonly (number | undefined)[]>>, stepMs = 1_000): Columns {
  const count = Object.values(values)[0]?.length ?? 0;
  return { times: Float64Array.from({ length: count }, (_, index) => T0 + index * stepMs), values };
}

describe('a curve', () => {
  test('has a null in a gap, and none where another source has nothing to say', () => {
    const times = Float64Array.from([0, 1_000, 2_000, 3_000, 60_000], (ms) => T0 + ms);
    const [xs, ys] = curveOf({ times, values: { rpm: [800, undefined, 900, 950, 1_000] } }, 'rpm');

    expect(ys).toEqual([800, 900, 950, null, 1_000]);
    expect(xs.map((x) => x - T0 / 1_000)).toEqual([0, 2, 3, 31.5, 60]);
  });

  test('of a slow signal has no gaps between its values', () => {
    expect(gapLimit([0, 30_000, 60_000, 90_000])).toBe(240_000);
  });

  test('of a trip of which the server sends pairs of extremes has none between the pairs, and still one in a gap', () => {
    const pairs = Array.from({ length: 40 }, (_, index) => (index >> 1) * 60_000 + (index % 2) * 100);

    expect(gapLimit(pairs)).toBeGreaterThan(60_000);
    expect(gapLimit([...pairs, 2_400_000])).toBeLessThan(1_200_000);
  });
});

describe('the value at a time', () => {
  const known = columns({ speed_kph: [10, undefined, 30, undefined, undefined] }, 4_000);

  test.each([
    [0, 10],
    [4_000, 10],
    [9_000, 30],
    [16_000, 30],
  ])('%i ms after the start is the nearest that was measured', (ms, value) => {
    expect(valueAt(known, 'speed_kph', T0 + ms)).toBe(value);
  });

  test('is unknown in a gap, and where there is no such signal', () => {
    expect(valueAt(known, 'speed_kph', T0 + 30_000)).toBeUndefined();
    expect(valueAt(known, 'rpm', T0)).toBeUndefined();
  });
});

test.each([
  [-5, 0],
  [4, 0],
  [6, 1],
  [99, 2],
])('the time nearest to %i is at index %i', (time, index) => {
  expect(nearestIndex([0, 10, 20], time)).toBe(index);
});

describe('a track', () => {
  const place = { lat: [50, 50.001, 50.002, 50.003], lon: [8, 8, 8, 8] };

  test('is cut where its colour changes, each piece beginning where the one before ended', () => {
    const pieces = piecesOf(pointsOf(columns({ ...place, speed_kph: [0, 0, 100, 100] }), 'speed_kph'));

    expect(pieces.map(({ kind, level, coordinates }) => [kind, level, coordinates.length])).toEqual([
      ['track', 0, 2],
      ['track', 6, 3],
    ]);
    expect(pieces[1]?.coordinates[0]).toEqual(pieces[0]?.coordinates.at(-1));
  });

  test('says so where nothing is known of the way', () => {
    const times = Float64Array.from([0, 1_000, 90_000, 91_000], (ms) => T0 + ms);
    const pieces = piecesOf(pointsOf({ times, values: place }, 'speed_kph'));

    expect(pieces.map(({ kind }) => kind)).toEqual(['track', 'gap', 'track']);
  });

  test('leads from a place to the nearest moment', () => {
    expect(nearestPoint(pointsOf(columns(place), 'speed_kph'), 50.0021, 8.01)?.time).toBe(T0 + 2_000);
  });
});

describe('hard manoeuvres', () => {
  const kinds = (values: Readonly<Record<string, readonly (number | undefined)[]>>, stepMs?: number) =>
    harshEvents(columns(values, stepMs)).map(({ kind, seconds }) => [kind, seconds]);

  test('are at least 3 m/s² over two consecutive seconds', () => {
    expect(kinds({ speed_kph: [80, 69, 58, 58, 58] })).toEqual([['braking', 2]]);
    expect(kinds({ speed_kph: [0, 11, 22, 33, 33] })).toEqual([['acceleration', 3]]);
  });

  test.each([
    ['a single second', { speed_kph: [80, 60, 60, 60] }],
    ['two seconds, not consecutive', { speed_kph: [80, 69, 69, 58] }],
    ['less than 3 m/s²', { speed_kph: [80, 69.3, 58.6, 47.9] }],
    ['a jump over a gap', { speed_kph: [80, undefined, undefined, undefined, undefined, 20, 20] }],
  ])('are not: %s', (_why, values) => {
    expect(kinds(values)).toEqual([]);
  });

  test('are the same at ten events a second', () => {
    const speed_kph = Array.from({ length: 41 }, (_, index) => 80 - 1.1 * Math.min(index, 20));

    expect(kinds({ speed_kph }, 100)).toEqual([['braking', 2]]);
  });

  test('are found in corners by heading and speed, over north too, and not at walking pace', () => {
    const heading_deg = [340, 355, 10, 25, 25];

    expect(kinds({ speed_kph: Array(5).fill(50), heading_deg })).toEqual([['cornering', 3]]);
    expect(kinds({ speed_kph: Array(5).fill(10), heading_deg })).toEqual([]);
  });

  test('are taken from an accelerometer where there is one', () => {
    const speed_kph = Array(4).fill(50);

    expect(kinds({ speed_kph, accel_lat_mps2: [0, -3.2, -3.4, 0], accel_long_mps2: [0, 0, 0, 0] })).toEqual([
      ['cornering', 2],
    ]);
  });
});

describe('idling', () => {
  const still = (seconds: number) => Array.from({ length: seconds }, () => 0);

  test('is standing with the engine running for a minute', () => {
    const rpm = still(70).map(() => 800);

    expect(idlePeriods(columns({ speed_kph: still(70), rpm }))).toEqual([{ time: T0, seconds: 70 }]);
    expect(idlePeriods(columns({ speed_kph: still(50), rpm: rpm.slice(0, 50) }))).toEqual([]);
  });

  test('is not known where nothing tells the engine', () => {
    expect(idlePeriods(columns({ speed_kph: still(70) }))).toEqual([]);
  });
});
