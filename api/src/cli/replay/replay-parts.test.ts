/** The small parts of a replay: when to send, what to send, when to try again. */
import { isUuid } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DriveLine } from './drive-lines.ts';
import { waitMs } from './link.ts';
import { Pace } from './pace.ts';
import { retell, retoldText, uuidOf } from './retell.ts';
import { shiftToNow } from './survey.ts';

const T0 = Date.UTC(2025, 10, 4, 12);

function line(event: Record<string, unknown>, ts: number | null = T0): DriveLine {
  return { place: { file: 'drive', line: 1 }, text: JSON.stringify(event), event, ts };
}

describe('Pace', () => {
  test.each([
    [1, [0, 1_000, 3_000, 3_000], [0, 1_000, 3_000, 3_000]],
    [10, [0, 1_000, 3_000], [0, 100, 300]],
    [1, [0, 3_600_000, 3_601_000], [0, 5_000, 6_000]],
    [1, [5_000, 0, 1_000], [0, 0, 1_000]],
    [null, [0, 1_000, 3_000], [0, 0, 0]],
  ])('at speed %p, events of %j ms are due at %j ms', (speed, times, due) => {
    const pace = new Pace(speed);

    expect(times.map((ms) => pace.next(T0 + ms))).toEqual(due);
  });

  test('an event without a time is due with the one before', () => {
    const pace = new Pace(1);

    expect([pace.next(T0), pace.next(T0 + 500), pace.next(null), pace.next(T0 + 600)]).toEqual([0, 500, 500, 600]);
  });
});

describe('shiftToNow', () => {
  test('the newest event is at most a second old when it is sent, and never ahead', () => {
    const time = fc.integer({ min: Date.UTC(2010), max: Date.UTC(2040) });
    fc.assert(
      fc.property(time, time, fc.nat(1_000_000), (newest, now, takesMs) => {
        const shift = shiftToNow({ lines: 1, newest, takesMs }, now);
        const age = now + takesMs - (newest + shift);

        expect(Math.abs(shift % 1_000)).toBe(0);
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThan(1_000);
      }),
    );
  });
});

describe('retell', () => {
  const event = { vehicle_id: 'golf', ts: '2025-11-04T12:00:00Z', speed_kph: 50, trip_id: 'A' };

  test('an event that is told as it was keeps its very text', () => {
    const spaced = { ...line(event), text: '{ "vehicle_id": "golf" }' };

    expect(retoldText(spaced, { shiftMs: 0, suffix: '' })).toBe(spaced.text);
  });

  test('a line that holds no event is sent as it is', () => {
    const broken = { ...line({}, null), text: '{', event: null };

    expect(retoldText(broken, { shiftMs: 1_000, suffix: '-1' })).toBe('{');
  });

  test('at another time, an event has a trip of its own', () => {
    const told = retell(line(event), { shiftMs: 1_500, suffix: '' });

    expect(told).toMatchObject({ vehicle_id: 'golf', ts: '2025-11-04T12:00:01.500Z', speed_kph: 50 });
    expect(told?.['trip_id']).not.toBe('A');
    expect(told).toEqual(retell(line(event), { shiftMs: 1_500, suffix: '' }));
  });

  test.each([
    [{ vehicle_id: 'golf' }, 'golf-07'],
    [{ vin: 'WAUZZZFY0R1234567' }, 'WAUZZZFY0R1234567-07'],
    [{ vin: 'WAUZZZFY0R1234567', vehicle_id: 'golf' }, 'WAUZZZFY0R1234567-07'],
  ])('another vehicle than %j is %s', (name, renamed) => {
    const told = retoldText(line({ ...name, ts: event.ts }), { shiftMs: 0, suffix: '-07' });

    expect(JSON.parse(told)).toEqual({ vehicle_id: renamed, ts: event.ts });
  });
});

describe('uuidOf', () => {
  test('is a UUID, the same for the same parts, another for others', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        expect(isUuid(uuidOf(...a))).toBe(true);
        expect(uuidOf(...a) === uuidOf(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

describe('waitMs', () => {
  test('waits longer each time, up to five seconds, and never the same for all', () => {
    const waits = Array.from({ length: 12 }, (_, index) => waitMs(index + 1, undefined, () => 1));

    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, ...Array(7).fill(5_000)]);
    expect(waitMs(3, undefined, () => 0)).toBe(400);
  });

  test.each(['5', '120'])('is never before Retry-After: %s', (retryAfter) => {
    expect(waitMs(1, retryAfter, () => 0)).toBeGreaterThan(Number(retryAfter) * 1_000);
  });

  test.each(['0', '-3', 'soon', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    'takes no notice of Retry-After: %s',
    (retryAfter) => {
      expect(waitMs(1, retryAfter, () => 1)).toBe(200);
    },
  );
});
