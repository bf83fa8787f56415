/** When trips begin, go on and end: a car as a list of seconds. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isRunning, type Observation, resumeTrip, stepTrip, type TripState } from './trip-machine.ts';

const IDLE_MS = 300_000;

type Seen = Omit<Observation, 'monoMs'>;
const driving: Seen = { carAnswers: true, rpm: 2_000, speedKph: 50 };
const atTheLights: Seen = { carAnswers: true, rpm: 0, speedKph: 0, volts: 12.4 };
const asleep: Seen = { carAnswers: false, volts: 12.5 };

/** The steps of a car that is seen each second as it says, for so many seconds each. */
function watch(...phases: readonly (readonly [Seen, number])[]) {
  let ids = 0;
  let state: TripState = null;
  let second = 0;
  return phases.flatMap(([seen, seconds]) =>
    Array.from({ length: seconds }, () => {
      const step = stepTrip(
        state,
        { ...seen, monoMs: second++ * 1_000 },
        rulesWith(() => `trip-${++ids}`),
      );
      state = step.state;
      return step;
    }),
  );
}

function rulesWith(newId: () => string) {
  return { idleMs: IDLE_MS, newId };
}

const begun = (steps: ReturnType<typeof watch>) => steps.flatMap(({ began }) => began ?? []);
const ended = (steps: ReturnType<typeof watch>) => steps.flatMap(({ ended: id }) => id ?? []);

describe('stepTrip', () => {
  test('a trip begins when the engine runs, with seq 1', () => {
    const steps = watch([asleep, 3], [driving, 1]);
    expect(begun(steps)).toEqual(['trip-1']);
    expect(steps.map(({ records }) => records)).toEqual([false, false, false, true]);
    expect(steps.at(-1)?.state).toMatchObject({ id: 'trip-1', nextSeq: 1 });
  });

  test('lights, and a stop within the idle timeout, are the same trip', () => {
    const steps = watch([driving, 10], [atTheLights, 120], [driving, 10], [asleep, 299], [driving, 5]);
    expect(begun(steps)).toEqual(['trip-1']);
    expect(ended(steps)).toEqual([]);
  });

  test('a longer stop ends it, and what follows is another', () => {
    const steps = watch([driving, 10], [asleep, 310], [driving, 1]);
    expect(begun(steps)).toEqual(['trip-1', 'trip-2']);
    expect(ended(steps)).toEqual(['trip-1']);
  });

  test('with the ignition on all is recorded; off, only the first minute, where the car was parked', () => {
    const steps = watch([driving, 1], [atTheLights, 100], [asleep, 100]);
    expect(steps.slice(0, 101).every(({ records }) => records)).toBe(true);
    const parked = watch([driving, 1], [asleep, 100]);
    expect(parked.filter(({ records }) => records)).toHaveLength(61);
  });

  test('at most one trip at a time, each begun and ended once, whatever the car does', () => {
    const seen = fc.record({
      carAnswers: fc.boolean(),
      rpm: fc.option(fc.constantFrom(0, 900), { nil: undefined }),
      speedKph: fc.option(fc.constantFrom(0, 30), { nil: undefined }),
      volts: fc.option(fc.constantFrom(12.2, 14.1), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(seen, fc.integer({ min: 1, max: 400 })), { maxLength: 12 }), (phases) => {
        const steps = watch(...phases);
        const order = steps.flatMap(({ began, ended: id }) => [
          ...(id ? [`-${id}`] : []),
          ...(began ? [`+${began}`] : []),
        ]);
        expect(order).toEqual(order.map((_, at) => `${at % 2 === 0 ? '+' : '-'}trip-${Math.floor(at / 2) + 1}`));
        expect(steps.every(({ records, state }) => !records || state !== null)).toBe(true);
      }),
    );
  });
});

describe('isRunning', () => {
  test.each<[string, Seen, boolean]>([
    ['revolutions', { carAnswers: true, rpm: 700 }, true],
    ['movement of an electric car', { carAnswers: true, speedKph: 1 }, true],
    ['movement by satellites, without a dongle', { carAnswers: false, gpsSpeedKph: 9 }, true],
    ['noise of the receiver', { carAnswers: false, gpsSpeedKph: 2 }, false],
    ['an alternator', { carAnswers: true, volts: 14.2 }, true],
    ['a charger in the garage', { carAnswers: false, volts: 14.2 }, false],
    ['ignition on', { carAnswers: true, rpm: 0, volts: 12.4 }, false],
    ['nothing', { carAnswers: false }, false],
  ])('%s', (_, seen, expected) => {
    expect(isRunning({ ...seen, monoMs: 0 })).toBe(expected);
  });
});

describe('resumeTrip', () => {
  const rules = rulesWith(() => 'new');

  test.each([
    ['back within the idle timeout', 20_000, 'trip'],
    ['the clock went a little back', -5_000, 'trip'],
    ['too long ago', IDLE_MS + 1, undefined],
    ['a clock that went back by hours', -7_200_000, undefined],
    ['nobody knows', null, undefined],
  ])('%s', (_, agoMs, id) => {
    expect(resumeTrip({ id: 'trip', lastSeq: 41, agoMs }, 90_000, rules)?.id).toBe(id);
  });

  test('goes on with the next seq, and the time that it was idle counts', () => {
    const state = resumeTrip({ id: 'trip', lastSeq: 41, agoMs: 20_000 }, 90_000, rules);
    expect(state).toEqual({ id: 'trip', nextSeq: 42, lastRunningMs: 70_000 });
  });
});
