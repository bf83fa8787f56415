import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RefusalLog } from './refusal-log.ts';

let said: [object, string][];
let log: RefusalLog;
beforeEach(() => {
  jest.useFakeTimers();
  said = [];
  log = new RefusalLog({ warn: (...line: unknown[]) => void said.push(line as [object, string]) });
});
afterEach(() => {
  jest.useRealTimers();
});

function refuse(times: number, reason = (_index: number) => 'may not publish telemetry/polo'): void {
  for (let index = 0; index < times; index++) log.note({ user: 'dongle', client: `${index}`, reason: reason(index) });
}

test('who is turned away is said once a minute, then how often it was', () => {
  refuse(1_000);
  expect(said).toEqual([
    [{ user: 'dongle', client: '0', reason: 'may not publish telemetry/polo' }, expect.any(String)],
  ]);
  jest.advanceTimersByTime(60_000);
  expect(said.slice(1)).toEqual([[{ count: 999 }, expect.stringContaining('60 s')]]);
  refuse(1);
  jest.advanceTimersByTime(60_000);
  expect(said).toHaveLength(3);
});

test('whoever finds a new reason each time is not listened to for ever', () => {
  refuse(1_000, (index) => `may not publish ${index} ${'x'.repeat(60_000)}`);
  expect(said).toHaveLength(60);
  expect(JSON.stringify(said).length).toBeLessThan(60 * 500);
  jest.advanceTimersByTime(60_000);
  expect(said.at(-1)?.[0]).toEqual({ count: 940 });
});
