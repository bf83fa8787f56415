/** Each alert is brought to firing by what a car sends, and back: rules and queries are those of the files. */

import type { KeyedEvent } from '@fleet/api/ingest/key-of';
import type { SignalValues } from '@fleet/contract';
import {
  AlertEvaluator,
  type AlertState,
  askFlux,
  type EvaluatedRule,
  interpolateFlux,
  type RuleData,
} from '@fleet/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithInfluxd } from '../../api/test/influx.ts';
import { alertingFiles, VEHICLE_ALERTS } from '../src/index.ts';
import { loose } from './events.ts';
import { type Fleet, openFleet } from './fleet.ts';

const MINUTE = 60_000;
/** Somewhere in the past, on the minute. */
const T0 = Date.UTC(2026, 2, 2, 8);

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly EvaluatedRule[] }[];
}

const RULES = (alertingFiles()['rules-vehicles.json'] as RuleFile).groups.flatMap(({ rules }) => rules);

/** What a car says at each second of a quarter of an hour, and how the alert stands at which minute. */
interface Story {
  readonly says: (second: number) => SignalValues;
  readonly dtcs?: (second: number) => readonly string[] | undefined;
  /** Minutes at which it is looked, and what is seen then. */
  readonly seen: Readonly<Record<number, AlertState>>;
  readonly value: readonly [minute: number, value: number];
}

const fromTo = (from: number, to: number, minute: number) => minute >= from && minute < to;
const step =
  (bad: number, good: number, [from, to]: readonly [number, number]) =>
  (second: number) =>
    fromTo(from, to, second / 60) ? bad : good;

const STORIES: Readonly<Record<string, Story>> = {
  'fleet-coolant-hot': {
    says: (s) => ({ coolant_c: step(115, 90, [2, 8])(s), speed_kph: 80 }),
    seen: { 1: 'normal', 3: 'pending', 5: 'firing', 7: 'firing', 9: 'normal' },
    value: [5, 115],
  },
  'fleet-battery-resting-low': {
    says: (s) => ({ battery_v: step(11.8, 12.6, [1, 9])(s), rpm: 0 }),
    seen: { 0: 'normal', 2: 'pending', 8: 'firing', 10: 'normal' },
    value: [8, 11.8],
  },
  'fleet-battery-not-charging': {
    says: (s) => ({ battery_v: step(12.1, 14.2, [0, 13])(s), rpm: 900 }),
    seen: { 1: 'pending', 12: 'firing', 14: 'normal' },
    value: [12, 12.1],
  },
  'fleet-engine-load-high': {
    says: (s) => ({ engine_load_pct: step(97, 30, [0, 10])(s) }),
    seen: { 1: 'pending', 7: 'firing', 14: 'normal' },
    value: [9, 97],
  },
  'fleet-hard-braking': {
    says: (s) => ({ speed_kph: s < 100 ? 60 : Math.max(0, 60 - (s - 100) * 14.4) }),
    seen: { 1: 'normal', 3: 'firing', 14: 'firing', 18: 'normal' },
    value: [3, 4],
  },
  'fleet-energy-low': {
    says: (s) => ({ fuel_level_pct: step(8, 55, [0, 10])(s), soc_pct: 80 }),
    seen: { 1: 'pending', 8: 'firing', 11: 'normal' },
    value: [8, 8],
  },
  'fleet-trouble-code': {
    says: () => ({ speed_kph: 50 }),
    dtcs: (s) => (s === 120 ? ['P0301', 'P0420'] : s === 600 ? [] : undefined),
    seen: { 1: 'normal', 3: 'firing', 11: 'firing', 64: 'firing', 75: 'normal' },
    value: [3, 2],
  },
  'fleet-silent': {
    says: () => ({ speed_kph: 50 }),
    seen: { 100: 'normal', 4000: 'normal', 4400: 'firing' },
    value: [14 + 73 * 60, 73],
  },
};

test('every alert about vehicles has a story here', () => {
  expect(Object.keys(STORIES).sort()).toEqual(VEHICLE_ALERTS.map(({ id }) => `fleet-${id}`).sort());
});

describeWithInfluxd('alerts', (server) => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await openFleet(await server().makeBuckets());
    for (const [uid, { says, dtcs }] of Object.entries(STORIES)) {
      await fleet.write(quarterOfAnHour(uid, says, dtcs));
    }
  }, 60_000);
  afterAll(() => fleet.close());

  const ask = (data: RuleData, now: number) => asking(fleet)(data, now);

  test.each(RULES)('$uid fires when it is bad for long enough, and ends', async (rule) => {
    const { seen, value } = STORIES[rule.uid] as Story;
    const evaluator = new AlertEvaluator(rule, ask);

    const states: Record<number, AlertState> = {};
    const label = (labels: string) => labels.split(',').includes(`vin=${rule.uid}`);
    const last = Math.max(...Object.keys(seen).map(Number));
    for (let minute = 0; minute <= last; minute += last > 1_000 ? 100 : 1) {
      const found = [...(await evaluator.evaluate(T0 + minute * MINUTE))].find(([labels]) => label(labels));
      if (minute in seen) states[minute] = found?.[1] ?? 'normal';
    }

    expect(states).toEqual(seen);
    const numbers = await evaluator.numbers('B', T0 + value[0] * MINUTE);
    expect([...numbers].find(([labels]) => label(labels))?.[1]).toBeCloseTo(value[1], 0);
  });

  test('nobody else is alarmed by what one car says', async () => {
    const rule = RULES.find(({ uid }) => uid === 'fleet-coolant-hot') as EvaluatedRule;

    const numbers = await new AlertEvaluator(rule, ask).numbers('C', T0 + 5 * MINUTE);

    expect([...numbers]).toEqual([['vin=fleet-coolant-hot', 1]]);
  });

  test('a car whose place and speed nobody knows alarms too', async () => {
    const lonely = await openFleet(await server().makeBuckets());
    await lonely.write(quarterOfAnHour('lonely', () => ({ coolant_c: 120, engine_load_pct: 99 }), undefined));
    const rules = RULES.filter(({ uid }) => /coolant|load/.test(uid));
    const atOnce = rules.map((rule) => new AlertEvaluator({ ...rule, for: '0s' }, asking(lonely)));

    const seen = await Promise.all(atOnce.map((evaluator) => evaluator.evaluate(T0 + 10 * MINUTE)));
    expect(seen.map((states) => [...states])).toEqual([[['vin=lonely', 'firing']], [['vin=lonely', 'firing']]]);
    await lonely.close();
  });

  test('messages know where the vehicle is, when its trip began and how fast it is', async () => {
    await fleet.write([loose('with-place', T0, { lat: 41.25, lon: -95.98, coolant_c: 130, speed_kph: 88 })]);
    const rule = RULES[0] as EvaluatedRule;
    const evaluator = new AlertEvaluator(rule, ask);
    const of = async (refId: string) => (await evaluator.numbers(refId, T0 + 1)).get('vin=with-place');

    const refIds = ['B', 'LAT', 'LON', 'FROM', 'SPEED'];
    expect(await Promise.all(refIds.map(of))).toEqual([130, 41.25, -95.98, T0, 88]);
  });

  test('where nothing was ever stored no query fails', async () => {
    const empty = await openFleet(await server().makeBuckets());

    for (const rule of RULES) expect((await new AlertEvaluator(rule, asking(empty)).evaluate(T0)).size).toBe(0);
    await empty.close();
  });
});

/** As Grafana would ask at that time, and everything that is stored by then: the future is cut off. */
function asking({ access }: Fleet) {
  return ({ model, relativeTimeRange: { from, to } }: RuleData, now: number) =>
    askFlux(
      access,
      interpolateFlux(`${model['query']}`, {
        bucket: access.bucket,
        from: now - from * 1_000,
        to: now - to * 1_000,
        maxDataPoints: Number(model['maxDataPoints']),
        variables: {},
      }),
    );
}

function quarterOfAnHour(vehicle: string, says: Story['says'], dtcs: Story['dtcs']): KeyedEvent[] {
  return Array.from({ length: 15 * 60 }, (_, second) =>
    loose(vehicle, T0 + second * 1_000, says(second), dtcs?.(second)),
  );
}
