/** The fault bench in small, and the table of faults: every proof that it names is there. */
import { readFileSync } from 'node:fs';
import { FAULTS } from '@fleet/testkit';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { LANES, runInLanes } from './lanes.ts';
import type { PartOutcome } from './parts.ts';
import { SCENARIOS } from './scenarios.ts';

/** How often each fault happens here; thousands of times in `npm run torture`. */
const TIMES: Readonly<Record<string, number>> = {
  kills: 15,
  'kill-points': 12,
  rollouts: 3,
  'torn-tails': 100,
  'power-cuts': 40,
  'failing-disks': 4,
  'clock-jumps': 4,
  'cut-links': 40,
  'lost-replies': 40,
  strangers: 50,
  'made-up-trips': 2_000,
  takeovers: 20,
  storms: 1,
  brokers: 6,
  replicas: 6,
};

const SEED = 11;

describe('the fault bench', () => {
  const outcomes = new Map<string, PartOutcome>();

  // Side by side: most of the time one waits for a server that starts. Each is judged below.
  beforeAll(async () => {
    const possible = SCENARIOS.filter(({ missing }) => missing?.() === undefined);
    const parts = possible.map(({ name }) => ({ scenario: name, times: TIMES[name] ?? 0, seed: SEED }));
    await runInLanes(parts, LANES, ({ scenario }, outcome) => void outcomes.set(scenario, outcome));
  }, 300_000);

  for (const { name, missing } of SCENARIOS) {
    const why = missing?.();
    (why === undefined ? test : test.skip)(
      `nothing acknowledged is lost or doubled: ${name}${why === undefined ? '' : ` (${why})`}`,
      () => {
        const outcome = outcomes.get(name);

        expect(outcome?.faults).toEqual([]);
        expect(outcome?.times).toBe(TIMES[name]);
        expect(outcome?.acknowledged).toBeGreaterThan(0);
      },
    );
  }
});

describe('the table of faults', () => {
  test('has the 32 of them, each with a proof or the reason why not', () => {
    expect(FAULTS.map(({ no }) => no)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
    for (const { proofs, open } of FAULTS) expect(proofs.length > 0 || open !== undefined).toBe(true);
  });

  test('names proofs that exist, and every scenario', () => {
    const proofs = FAULTS.flatMap((fault) => fault.proofs);
    const scenarios = proofs.flatMap((proof) => ('torture' in proof ? [proof.torture] : []));
    expect(new Set(scenarios)).toEqual(new Set(SCENARIOS.map(({ name }) => name)));
    for (const proof of proofs) {
      if (!('test' in proof)) continue;
      const text = readFileSync(new URL(`../../../${proof.test}`, import.meta.url), 'utf8');
      expect([proof.test, text.includes(proof.named)]).toEqual([proof.test, true]);
    }
  });
});
