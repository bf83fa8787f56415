import { describe, expect, test } from '@jest/globals';
import { besides, FreshValues } from './fresh-values.ts';

describe('FreshValues', () => {
  test('gives each value out once; what comes again before it was taken is kept too', () => {
    let now = 0;
    const values = new FreshValues(() => now);
    values.note('rpm', 900);
    values.note('speed_kph', 10);
    now = 100;
    values.note('rpm', 950);
    expect(values.take()).toEqual([
      { atMs: 0, values: { rpm: 900, speed_kph: 10 } },
      { atMs: 100, values: { rpm: 950 } },
    ]);
    expect(values.take()).toEqual([]);
  });

  test('remembers the last value for a while', () => {
    let now = 0;
    const values = new FreshValues(() => now);
    values.note('rpm', 900);
    now = 5_000;
    expect([values.recent('rpm', 5_000), values.recent('rpm', 4_999)]).toEqual([900, undefined]);
  });
});

test('of two sources the newest belong together', () => {
  const car = [
    { atMs: 100, values: { rpm: 1 } },
    { atMs: 200, values: { rpm: 2 } },
  ];
  expect(besides(car, [{ atMs: 190, values: { lat: 5 } }])).toEqual([
    { atMs: 100, values: { rpm: 1 } },
    { atMs: 200, values: { rpm: 2, lat: 5 } },
  ]);
  expect(besides([], [{ atMs: 190, values: { lat: 5 } }])).toEqual([{ atMs: 190, values: { lat: 5 } }]);
  expect(besides([], [])).toEqual([]);
});
