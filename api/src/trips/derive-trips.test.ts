import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Correction, combineCorrections, isDeleted } from './corrections.ts';
import { deriveTrips, type EventTimes } from './derive-trips.ts';
import { EVER, type Span, united } from './span.ts';
import type { Place, Trip } from './trip.ts';
import { holds } from './trip.ts';
import { derivedTripId } from './trip-id.ts';

const IDLE = 100;
const A = 'aaaaaaaa-0000-4000-8000-000000000000';
const B = 'bbbbbbbb-0000-4000-8000-000000000000';

/** Trips of events that are given by their places, as a store would ask for them. */
function derive(events: readonly Place[], corrections: readonly Correction[] = [], idleMs = IDLE): Trip[] {
  const combined = combineCorrections(corrections);
  const timesOf = (trip: string | null) =>
    [...new Set(events.filter((event) => event.trip === trip).map(({ ts }) => ts))].sort((a, b) => a - b);
  const deviceTrips = [...new Set(events.map(({ trip }) => trip))]
    .filter((trip) => trip !== null)
    .map((id) => ({ id, from: timesOf(id).at(0)!, to: timesOf(id).at(-1)! }));
  const runs = united(
    timesOf(null).map((ts) => ({ from: ts, to: ts })),
    idleMs,
  );
  const times = (trip: string | null): EventTimes => ({
    firstAtOrAfter: (ts) => timesOf(trip).find((time) => time >= ts),
    lastAtOrBefore: (ts) => timesOf(trip).findLast((time) => time <= ts),
  });
  return deriveTrips({ vehicle: 'golf', idleMs, runs, deviceTrips, corrections: combined, times });
}

function loose(...times: number[]): Place[] {
  return times.map((ts) => ({ trip: null, ts }));
}

function of(trip: string, ...times: number[]): Place[] {
  return times.map((ts) => ({ trip, ts }));
}

let made = 0;
function correction(body: object, span: Span = EVER): Correction {
  return { vehicle: 'golf', made_at: made++, span, ...body } as Correction;
}
const split = (at: number) => correction({ kind: 'split', at });
const merge = (from: number, to: number) => correction({ kind: 'merge' }, { from, to });
const remove = (...parts: { trip: string | null; from: number; to: number }[]) =>
  correction({ kind: 'delete', trip_id: '', parts });

/** Trips in short: where they begin and end, and whose events they show. */
function shape(trips: readonly Trip[]): string[] {
  return trips.map(({ from, to, parts }) => {
    const owners = [...new Set(parts.map(({ trip }) => trip?.[0] ?? 'loose'))].sort();
    return `${from}-${to} ${owners.join('+')}`;
  });
}

describe('trips of loose events', () => {
  test('are cut where the gap exceeds the idle timeout, and only there', () => {
    expect(shape(derive(loose(0, 50, 150, 251, 300)))).toEqual(['0-150 loose', '251-300 loose']);
  });

  test('have an id of their start and the vehicle', () => {
    expect(derive(loose(500, 550)).map(({ id }) => id)).toEqual([derivedTripId('golf', 500)]);
  });

  test('are none without events', () => {
    expect(derive([])).toEqual([]);
  });
});

describe("a device's trip", () => {
  test('is a trip whatever gaps it has', () => {
    expect(shape(derive(of(A, 0, 5_000)))).toEqual(['0-5000 a']);
  });

  test('shows the loose events within the idle timeout of it, before, between and after', () => {
    expect(shape(derive([...of(A, 1_000, 2_000), ...loose(899, 900, 1_500, 2_100, 2_101)]))).toEqual([
      '899-899 loose',
      '900-2100 a+loose',
      '2101-2101 loose',
    ]);
  });

  test('shares loose events with its neighbour by distance, the earlier one first at equal distance', () => {
    const trips = derive([...of(A, 0, 100), ...of(B, 200, 300), ...loose(149, 150, 151)]);

    expect(shape(trips)).toEqual(['0-150 a+loose', '151-300 b+loose']);
    expect(shape(derive([...of(A, 0, 100), ...of(B, 300, 400), ...loose(200)]))).toEqual([
      '0-200 a+loose',
      '300-400 b',
    ]);
  });

  test('takes loose events inside it before a neighbour that is near', () => {
    const trips = derive([...of(A, 0, 300), ...of(B, 310, 400), ...loose(299, 306)]);

    expect(shape(trips)).toEqual(['0-300 a+loose', '306-400 b+loose']);
  });
});

describe('corrections', () => {
  test('a split parts a trip of loose events even where there is no gap', () => {
    expect(shape(derive(loose(0, 50, 100, 150), [split(100)]))).toEqual(['0-50 loose', '100-150 loose']);
  });

  test("a split parts a device's trip; the first piece keeps the id", () => {
    const trips = derive(of(A, 0, 50, 100, 150), [split(100)]);

    expect(shape(trips)).toEqual(['0-50 a', '100-150 a']);
    expect(trips.map(({ id }) => id)).toEqual([A, derivedTripId('golf', 100)]);
  });

  test('nobody takes loose events from beyond a wall', () => {
    expect(shape(derive([...of(A, 0, 50), ...loose(60, 70)], [split(65)]))).toEqual(['0-60 a+loose', '70-70 loose']);
  });

  test('a merge makes one trip of all that it touches, under the id of the first', () => {
    const trips = derive([...loose(0, 50), ...of(A, 1_000, 1_050), ...loose(5_000)], [merge(50, 1_000)]);

    expect(shape(trips)).toEqual(['0-1050 a+loose', '5000-5000 loose']);
    expect(trips[0]?.id).toBe(derivedTripId('golf', 0));
  });

  test('the later one counts where a split and a merge contradict each other', () => {
    expect(shape(derive(loose(0, 50, 100), [split(50), merge(0, 100)]))).toEqual(['0-100 loose']);
    expect(shape(derive(loose(0, 50, 500), [merge(0, 500), split(500)]))).toEqual(['0-50 loose', '500-500 loose']);
  });

  test('deleted events are gone, and leave what is beside them together', () => {
    const events = loose(0, 50, 100, 140);

    expect(shape(derive(events, [remove({ trip: null, from: 50, to: 50 })]))).toEqual(['0-140 loose']);
    expect(shape(derive(events, [remove({ trip: null, from: 0, to: 100 })]))).toEqual(['140-140 loose']);
  });

  test('a piece that was split off and deleted is gone, and what is on either side stays apart', () => {
    const events = loose(0, 10, 20, 30, 40, 50);

    expect(shape(derive(events, [split(20), split(40), remove({ trip: null, from: 20, to: 30 })]))).toEqual([
      '0-10 loose',
      '40-50 loose',
    ]);
  });

  test("a device's trip between two walls takes the loose events between them, and they are in no other", () => {
    const trips = derive([...loose(0, 20, 40, 60), ...of(A, 30)], [split(15), split(45)]);

    expect(shape(trips)).toEqual(['0-0 loose', '20-40 a+loose', '60-60 loose']);
  });

  test("a deleted device's trip gives back the loose events that it showed", () => {
    const events = [...of(A, 0, 50), ...loose(60)];

    expect(shape(derive(events, [remove({ trip: A, ...EVER })]))).toEqual(['60-60 loose']);
  });
});

/** Events that lie close together, or far apart. */
const times = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 30, size: 'max' }),
  fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 30, size: 'max' }),
);
const events = fc
  .record({ loose: times, a: times, b: times })
  .map((given) => [...loose(...given.loose), ...of(A, ...given.a), ...of(B, ...given.b)]);
const span = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 600 })),
  fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 60 })),
);
const corrections = fc.array(
  fc.oneof(
    fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 400 })).map((at) => split(at)),
    span.map(([from, length]) => merge(from, from + length)),
    span.map(([from, length]) => remove({ trip: null, from, to: from + length })),
    span.map(([from, length]) => remove({ trip: A, from, to: from + length })),
  ),
  { maxLength: 4 },
);

describe('properties', () => {
  test('every event that was not deleted is in exactly one trip, no other in any', () => {
    fc.assert(
      fc.property(events, corrections, (given, corrected) => {
        const combined = combineCorrections(corrected);
        const trips = derive(given, corrected);
        for (const event of given) {
          expect(trips.filter(({ parts }) => holds(parts, event))).toHaveLength(isDeleted(combined, event) ? 0 : 1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('the order of events does not matter', () => {
    const shuffled = events.chain((given) =>
      fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
    );
    fc.assert(
      fc.property(shuffled, corrections, ([given, other], corrected) => {
        expect(derive(other, corrected)).toEqual(derive(given, corrected));
      }),
    );
  });

  test('trips begin and end at events of their own, have ids of their own, and come by start', () => {
    fc.assert(
      fc.property(events, corrections, (given, corrected) => {
        const trips = derive(given, corrected);
        for (const { from, to, parts } of trips) {
          const own = given.filter((event) => holds(parts, event)).map(({ ts }) => ts);
          expect([from, to]).toEqual([Math.min(...own), Math.max(...own)]);
        }
        expect(new Set(trips.map(({ id }) => id)).size).toBe(trips.length);
        expect(trips.map(({ from }) => from)).toEqual(trips.map(({ from }) => from).toSorted((a, b) => a - b));
      }),
    );
  });

  test('without corrections, each loose event is where the words of the rule put it', () => {
    fc.assert(
      fc.property(events, (given) => {
        const trips = derive(given);
        const tripOf = (event: Place) => trips.find(({ parts }) => holds(parts, event))?.id;
        const free = given.filter((event) => event.trip === null && nearestDevice(event, given) === undefined);
        for (const event of given.filter(({ trip }) => trip === null)) {
          const device = nearestDevice(event, given);
          expect(tripOf(event)).toBe(device ?? derivedTripId('golf', startOfRun(event, free)));
        }
      }),
    );
  });
});

/** The device's trip that is nearest to a loose event and within the idle timeout, worked out from all events. */
function nearestDevice(event: Place, given: readonly Place[]): string | undefined {
  const trips = [A, B]
    .map((id) => ({ id, own: given.filter(({ trip }) => trip === id).map(({ ts }) => ts) }))
    .filter(({ own }) => own.length > 0)
    .map(({ id, own }) => ({ id, from: Math.min(...own), to: Math.max(...own) }))
    .map((trip) => ({ ...trip, distance: Math.max(trip.from - event.ts, event.ts - trip.to, 0) }))
    .filter(({ distance }) => distance <= IDLE)
    .toSorted((a, b) => a.distance - b.distance || a.from - b.from || (a.id < b.id ? -1 : 1));
  return trips[0]?.id;
}

function startOfRun(event: Place, free: readonly Place[]): number {
  const before = free.map(({ ts }) => ts).filter((ts) => ts < event.ts && event.ts - ts <= IDLE);
  return before.length === 0 ? event.ts : startOfRun({ trip: null, ts: Math.min(...before) }, free);
}
