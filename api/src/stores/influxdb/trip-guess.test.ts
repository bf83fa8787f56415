import { integerBetween, seededRandom } from '@fleet/testkit';
import { expect, test } from '@jest/globals';
import { loose, T0, TRIP_A, TRIP_B, tripEvent } from '../../../test/events.ts';
import type { KeyedEvent } from '../../ports.ts';
import type { Correction } from '../../trips/corrections.ts';
import type { Trip } from '../../trips/trip.ts';
import { derivedTripId } from '../../trips/trip-id.ts';
import { VehicleGroups } from '../../trips/vehicle-group.ts';
import { TripGuess } from './trip-guess.ts';

const IDLE_MS = 60_000;
const NONE: readonly Trip[] = [];
const GROUP = new VehicleGroups([], []).of('golf');

/** Which trips the loose events of a call are shown in. */
function answers(guess: TripGuess, events: readonly KeyedEvent[], group = GROUP): string[] {
  const find = guess.begin();
  return events.filter(({ trip }) => trip === null).map(({ ts }) => find(group, ts));
}

/** One event in forty belongs to a device's trip. */
function eventAt(second: number, choice: number): KeyedEvent {
  const trip = [TRIP_A, TRIP_B][choice];
  return trip === undefined ? loose(second) : tripEvent(trip, second, second);
}

test('the trip of a loose event is the one that all events so far say, in whatever order they came', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const between = (low: number, high: number) => integerBetween(random, low, high);
    const guess = new TripGuess(IDLE_MS, () => NONE);
    const all: KeyedEvent[] = [];
    let now = 0;
    for (let call = 0; call < 50; call++) {
      now += between(0, 9) === 0 ? between(30, 200) : 1;
      const events = Array.from({ length: between(1, 4) }, () =>
        eventAt(between(0, 9) === 0 ? between(0, 600) : now++, between(0, 79)),
      );
      all.push(...events);
      guess.note(events);
      const fresh = new TripGuess(IDLE_MS, () => NONE);
      fresh.note(all);
      expect([seed, call, answers(guess, events)]).toEqual([seed, call, answers(fresh, events)]);
    }
  }
});

test('what was worked out meanwhile counts at once', () => {
  let trips: readonly Trip[] = [];
  const guess = new TripGuess(IDLE_MS, () => trips);
  guess.note([loose(100)]);
  const [alone] = answers(guess, [loose(100)]);
  const device = { from: T0 + 130_000, to: T0 + 140_000 };
  trips = [{ id: TRIP_A, ...device, parts: [{ trip: TRIP_A, ...device }] }];

  expect(alone).not.toBe(TRIP_A);
  expect(answers(guess, [loose(100)])).toEqual([TRIP_A]);
});

test('an event that comes late is in the trip that was worked out for its time', () => {
  const device = { from: T0 + 50_000, to: T0 + 70_000 };
  const beside = { from: T0 + 100_000, to: T0 + 130_000 };
  const parts = [
    { trip: TRIP_A, ...device },
    { trip: null, ...beside },
  ];
  const trips: readonly Trip[] = [{ id: TRIP_A, from: device.from, to: beside.to, parts }];
  const guess = new TripGuess(IDLE_MS, () => trips);
  guess.note([100, 130, 190, 250].map((second) => loose(second)));

  expect(answers(guess, [loose(250)])).not.toEqual([TRIP_A]);
  expect(answers(guess, [loose(110)])).toEqual([TRIP_A]);
});

test('a correction counts at once', () => {
  const guess = new TripGuess(IDLE_MS, () => NONE);
  guess.note([loose(100), loose(150)]);
  const [whole] = answers(guess, [loose(150)]);
  const at = loose(150).ts;
  const split: Correction = { vehicle: 'golf', made_at: T0, kind: 'split', at, span: { from: at - 1, to: at } };

  expect(whole).toBe(derivedTripId('golf', loose(100).ts));
  expect(answers(guess, [loose(150)], new VehicleGroups([], [split]).of('golf'))).toEqual([derivedTripId('golf', at)]);
});

test('a run that goes on until a trip of a device is near ends in that trip', () => {
  const guess = new TripGuess(IDLE_MS, () => NONE);
  guess.note([tripEvent(TRIP_A, 1, 300)]);
  const [first, ...later] = [100, 150, 200, 239, 240].map((second) => {
    guess.note([loose(second)]);
    return answers(guess, [loose(second)])[0];
  });

  expect(later).toEqual([first, first, first, TRIP_A]);
});
