/** What time it is: table of sayings, one after the other, in one boot. */
import { describe, expect, test } from '@jest/globals';
import { type Doubt, isSettled, type KnownTime, learnTime, mendRollover, type TimeSource } from './time.ts';

const BUILT = Date.UTC(2026, 0, 1);
const NOW = Date.UTC(2026, 5, 1);
const WEEKS_1024 = 1_024 * 7 * 86_400_000;

/** Sayings as [source, UTC, monotonic clock]; the steps that they lead to. */
function learn(...sayings: readonly (readonly [TimeSource, number, number])[]) {
  let known: KnownTime | null = null;
  let doubt: Doubt | null = null;
  return sayings.map(([source, utcMs, monoMs]) => {
    const step = learnTime(known, { source, utcMs, monoMs }, BUILT, doubt);
    ({ known, doubt } = step);
    return { known: step.known, retime: step.retime };
  });
}

describe('learnTime', () => {
  test('a clock of 1970 tells nothing', () => {
    expect(learn(['system', 12_000, 12_000])).toEqual([{ known: null, retime: false }]);
  });

  test('what was recorded before is timed anew with the first time that can be true', () => {
    const [, step] = learn(['system', 12_000, 12_000], ['gnss', NOW, 20_000]);
    expect(step).toEqual({ known: { source: 'gnss', offsetMs: NOW - 20_000 }, retime: true });
  });

  test('the network sets the system clock right: events are timed anew', () => {
    const [, step] = learn(['system', BUILT + 1, 1_000], ['system', NOW, 2_000]);
    expect(step).toEqual({ known: { source: 'system', offsetMs: NOW - 2_000 }, retime: true });
  });

  test('the server finds the clock right: it is settled, and stays as it is', () => {
    const [, step] = learn(['system', NOW, 1_000], ['server', NOW + 1_900, 2_000]);
    expect(step).toEqual({ known: { source: 'server', offsetMs: NOW - 1_000 }, retime: false });
    expect(isSettled(step!.known)).toBe(true);
  });

  test('the server finds the clock wrong: its own counts, before anything is sent', () => {
    const [, step] = learn(['system', NOW - 86_400_000, 1_000], ['server', NOW, 1_000]);
    expect(step).toEqual({ known: { source: 'server', offsetMs: NOW - 1_000 }, retime: true });
  });

  test('satellites that come after the server hold for what follows: what may have been sent keeps its time', () => {
    const [, step] = learn(['server', NOW, 1_000], ['gnss', NOW + 10_000, 1_000]);
    expect(step).toEqual({ known: { source: 'gnss', offsetMs: NOW + 9_000 }, retime: false });
  });

  test('who is trusted less is not listened to', () => {
    const steps = learn(['gnss', NOW, 0], ['server', NOW + 60_000, 0], ['system', NOW - 60_000, 0]);
    expect(steps.map(({ known }) => known)).toEqual(
      Array.from({ length: 3 }, () => ({ source: 'gnss', offsetMs: NOW })),
    );
  });

  test('jitter moves nothing', () => {
    const [, second, third] = learn(['gnss', NOW, 0], ['gnss', NOW + 1_700, 1_000], ['gnss', NOW + 3_900, 2_000]);
    expect(second).toEqual({ known: { source: 'gnss', offsetMs: NOW }, retime: false });
    expect(third?.known).toEqual({ source: 'gnss', offsetMs: NOW });
  });

  test('sentences that come late, all at once, move nothing', () => {
    const late = [1, 2, 3, 4].map((second) => ['gnss', NOW + second * 1_000, 4_000] as const);
    const steps = learn(['gnss', NOW, 0], ...late, ['gnss', NOW + 5_000, 5_000], ['gnss', NOW + 11_000, 11_000]);
    expect(new Set(steps.map(({ known }) => known?.offsetMs))).toEqual(new Set([NOW]));
  });

  test('a receiver that goes on contradicting what it said is believed', () => {
    const later = Array.from(
      { length: 7 },
      (_, second) => ['gnss', NOW + 60_000 + second * 1_000, second * 1_000] as const,
    );
    const offsets = learn(['gnss', NOW, 0], ...later).map(({ known }) => known?.offsetMs);
    expect(offsets).toEqual([...Array.from({ length: 6 }, () => NOW), NOW + 60_000, NOW + 60_000]);
  });

  test('a receiver that lives 1,024 weeks ago is moved on', () => {
    expect(learn(['gnss', NOW - WEEKS_1024, 0])[0]?.known?.offsetMs).toBe(NOW);
    expect(mendRollover(NOW - 2 * WEEKS_1024, BUILT)).toBe(NOW);
    expect(mendRollover(NOW, BUILT)).toBe(NOW);
  });
});
