import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Services, windowOf } from '../services.ts';
import type { VehicleEvent } from './authorize-vehicle.ts';
import { checkClock } from './check-clock.ts';

const NOW = Date.UTC(2026, 5, 1);
const MOST_MS = 400 * 24 * 3_600_000;
const duration = fc.integer({ min: 0, max: MOST_MS });
const time = fc.integer({ min: NOW - 2 * MOST_MS, max: NOW + 2 * MOST_MS });

const settings = fc.record({
  maxAhead: duration,
  maxAge: fc.option(duration),
  retention: fc.option(duration),
  newest: fc.option(time, { nil: undefined }),
  way: fc.constantFrom('live' as const, 'offline' as const),
});

type Given = typeof settings extends fc.Arbitrary<infer T> ? T : never;

/** What the settings say, sentence by sentence. */
function verdictOf(ts: number, { maxAhead, maxAge, retention, newest, way }: Given): string {
  if (ts > NOW + maxAhead) return 'clock-skew';
  if (way === 'live' && maxAge !== null && ts < NOW - maxAge) return 'clock-skew';
  // Retention counts from the earlier of now and the newest event: a clock that runs ahead forgets nothing.
  const end = newest === undefined || newest > NOW ? NOW : newest;
  return retention !== null && ts < end - retention ? 'too-old' : 'taken';
}

test('any time, under any settings, is taken or refused as the settings say', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(settings, time, fc.boolean(), (given, ts, isAtBound) => {
      const { newest, way, ...limits } = given;
      const services = { now: () => NOW, builtAt: 0, limits, store: { newest: () => newest } } as unknown as Services;
      const window = windowOf(services, way);
      const bounds = [window.earliest, window.latest, window.kept].filter(Number.isFinite);
      const tried = isAtBound ? bounds.flatMap((bound) => [bound - 1, bound, bound + 1]) : [ts];
      for (const at of tried) {
        const checked = checkClock({ ts: at } as VehicleEvent, window);
        const verdict = checked.ok ? 'taken' : checked.error.slug;
        expect([at, verdict]).toEqual([at, verdictOf(at, given)]);
        seen.add(verdict);
      }
    }),
    { numRuns: 500 },
  );
  expect(seen).toEqual(new Set(['taken', 'clock-skew', 'too-old']));
});
