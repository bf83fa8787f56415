/** The demo drive as if it were driven now. */
import { expect, test } from '@jest/globals';
import { createReplay } from './replay.ts';

const BEGUN = Date.parse('2026-01-01T12:00:00Z');

/** An event every second, for two minutes; the engine is known of the first only. */
const DRIVE = Array.from({ length: 121 }, (_, second) => ({
  ts: new Date(Date.parse('2019-05-27T22:20:39Z') + second * 1_000).toISOString(),
  speed_kph: second,
  ...(second === 0 && { rpm: 800 }),
}));

test('a replay begins with a minute of the drive, then tells what is new, four times as fast, until it is over', () => {
  const replay = createReplay(DRIVE, BEGUN);
  const speeds = (seconds: number) => replay(BEGUN + seconds * 1_000)?.map(({ speed_kph }) => speed_kph);

  expect(speeds(0)).toEqual(Array.from({ length: 61 }, (_, second) => second));
  expect(speeds(0.1)).toEqual([]);
  expect(speeds(1)).toEqual([61, 62, 63, 64]);
  expect(speeds(60)).toHaveLength(56);
  expect(speeds(61)).toBeUndefined();
});

test('what a replay tells is of now, and holds what was known before', () => {
  const newest = createReplay(DRIVE, BEGUN)(BEGUN)?.at(-1);

  expect(newest).toMatchObject({ ts: new Date(BEGUN).toISOString(), vehicle: 'demo', speed_kph: 60, rpm: 800 });
});
