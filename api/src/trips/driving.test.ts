import { describe, expect, test } from '@jest/globals';
import { addToDriving, type DrivingTotals, startDriving } from './driving.ts';

/** Rows a second apart, each with its speed; gaps are undefined. */
function drive(speeds: readonly (number | undefined)[], values: Record<string, number> = {}): DrivingTotals {
  const totals = startDriving();
  for (const [second, kph] of speeds.entries()) {
    if (kph !== undefined) addToDriving(totals, second * 1_000, values, kph);
  }
  return totals;
}

/** Speeds that change by so much a second, km/h. */
const ramp = (from: number, step: number, seconds: number) =>
  Array.from({ length: seconds + 1 }, (_, second) => from + step * second);

describe('addToDriving', () => {
  test.each([
    ['3 m/s² for two seconds', ramp(60, -10.9, 2), 1],
    ['3 m/s² for one second', ramp(60, -10.9, 1), 0],
    ['less than 3 m/s²', ramp(60, -10.7, 3), 0],
    ['for long, which is one braking', ramp(120, -11, 8), 1],
    ['twice', [...ramp(60, -12, 2), 60, ...ramp(60, -12, 2)], 2],
    ['across a gap of four seconds', [60, undefined, undefined, undefined, 0], 0],
  ])('braking hard: %s', (_, speeds, count) => {
    expect(drive(speeds).braking_count).toBe(count);
    expect(drive(speeds.toReversed()).acceleration_count).toBe(count);
  });

  test('a sensor of acceleration counts before differences of speed', () => {
    expect(drive([50, 50, 50], { accel_long_mps2: -3.5 }).braking_count).toBe(1);
    expect(drive(ramp(60, -12, 3), { accel_long_mps2: -1 }).braking_count).toBe(0);
  });

  test.each([
    ['a minute with the engine running', 60, { rpm: 700 }, 60_000],
    ['less than a minute', 59, { rpm: 700 }, 0],
    ['with the engine off', 600, { rpm: 0 }, 0],
    ['where nothing tells of the engine', 600, {}, 0],
  ])('idling: %s', (_, seconds, values, idle_ms) => {
    expect(drive(new Array(seconds + 1).fill(0), values as Record<string, number>).idle_ms).toBe(idle_ms);
  });

  test('fuel is its rate over time, and nobody knows it without a rate', () => {
    expect(drive(new Array(3_601).fill(90), { fuel_rate_lph: 6 }).fuel_l).toBeCloseTo(6, 6);
    expect(drive(new Array(100).fill(90)).fuel_l).toBeNull();
  });
});
