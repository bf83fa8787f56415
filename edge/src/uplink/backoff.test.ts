import { describe, expect, test } from '@jest/globals';
import { Backoff } from './backoff.ts';

describe('Backoff', () => {
  test('the bound doubles from a second to five minutes, and begins anew', () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 11 }, () => backoff.next());
    expect(waits.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    backoff.reset();
    expect(backoff.next()).toBe(1_000);
  });

  test('anything below the bound is possible: no two come at once', () => {
    expect(new Backoff(() => 0).next()).toBe(0);
    expect(new Backoff(() => 0.25).next()).toBe(250);
  });

  test('what the server asks for is the least, within an hour', () => {
    expect(new Backoff(() => 0.5).next(5_000)).toBe(5_000);
    expect(new Backoff(() => 0.5).next(10 * 86_400_000)).toBe(3_600_000);
  });
});
