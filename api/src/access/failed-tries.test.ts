import { describe, expect, test } from '@jest/globals';
import { FailedTries } from './failed-tries.ts';

const MINUTE = 60_000;

describe('failed tries', () => {
  test('are free twenty times a minute, then there is a wait until the minute is over', () => {
    let now = 0;
    const tries = new FailedTries(() => now);
    const first = Array.from({ length: 20 }, () => tries.note('a'));
    now = 1_000;

    expect(first.every((wait) => wait === 0)).toBe(true);
    expect([tries.note('a'), tries.note('a')]).toEqual([MINUTE - 1_000, MINUTE - 1_000]);
    now = MINUTE;
    expect(tries.note('a')).toBe(0);
  });

  test('of one address say nothing about another', () => {
    const tries = new FailedTries(() => 0);
    for (let count = 0; count < 50; count++) tries.note('a');

    expect(tries.note('b')).toBe(0);
  });

  test('of very many addresses are forgotten, the oldest first', () => {
    const tries = new FailedTries(() => 0);
    for (let count = 0; count < 50; count++) tries.note('old');
    for (let count = 0; count < 9_999; count++) tries.note(`address ${count}`);
    const known = tries.note('old');
    for (let count = 0; count < 10_000; count++) tries.note(`other ${count}`);

    expect([known, tries.note('old')]).toEqual([MINUTE, 0]);
  });
});
