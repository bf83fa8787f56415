import { describe, expect, test } from '@jest/globals';
import { partsOf, together } from './parts.ts';
import { SCENARIOS } from './scenarios.ts';

const scenario = { ...(SCENARIOS[0] as (typeof SCENARIOS)[number]), name: 'kills', share: 0.5, inOneWorld: 100 };
const outcome = { times: 3, acknowledged: 30, stored: 31, liveMs: 12, seconds: 2, faults: [] };

describe('the parts of a scenario', () => {
  test('have all of its times between them, and none more than one world takes', () => {
    for (const kills of [1, 60, 199, 201, 1_000, 12_345]) {
      const times = partsOf(scenario, kills, 7).map((part) => part.times);
      expect(times.reduce((a, b) => a + b)).toBe(Math.max(1, Math.round(kills / 2)));
      expect(Math.max(...times)).toBeLessThanOrEqual(100);
      expect(Math.min(...times)).toBeGreaterThan(0);
    }
  });

  test('are one where a world takes any number', () => {
    const parts = partsOf({ ...scenario, inOneWorld: Number.POSITIVE_INFINITY }, 1_000, 7);
    expect(parts.map(({ times }) => times)).toEqual([500]);
  });

  test('are the same for the same seed, and each has another one', () => {
    const parts = partsOf(scenario, 1_000, 7);
    expect(partsOf(scenario, 1_000, 7)).toEqual(parts);
    expect(partsOf(scenario, 1_000, 8)).not.toEqual(parts);
    expect(new Set(parts.map(({ seed }) => seed)).size).toBe(parts.length);
  });

  test('come to the sum of what they found, the longest wait and every fault', () => {
    const wrong = { ...outcome, liveMs: null, faults: ['one is missing'] };
    expect(together([outcome, { ...outcome, liveMs: 40 }, wrong])).toEqual({
      times: 9,
      acknowledged: 90,
      stored: 93,
      liveMs: 40,
      seconds: 6,
      faults: ['one is missing'],
    });
    expect(together([wrong]).liveMs).toBeNull();
  });
});
