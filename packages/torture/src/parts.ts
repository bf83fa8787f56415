/** A run of the fault bench in parts: each has a world and a seed of its own, so that they can run side by side. */
import { seededRandom } from '@fleet/testkit';
import type { Outcome, Scenario } from './scenario.ts';

export interface Part {
  /** The scenario's name. */
  readonly scenario: string;
  /** How often its fault happens. */
  readonly times: number;
  readonly seed: number;
}

export interface PartOutcome extends Outcome {
  /** How long it took. */
  readonly seconds: number;
}

/** The parts of a scenario, where so many kills are asked for. Same seed, same parts: on however many cores. */
export function partsOf({ name, share, inOneWorld }: Scenario, kills: number, seed: number): Part[] {
  const times = Math.max(1, Math.round(kills * share));
  const count = Math.max(1, Math.ceil(times / inOneWorld));
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    scenario: name,
    times: Math.floor((times * (index + 1)) / count) - Math.floor((times * index) / count),
    seed: Math.floor(random() * 2 ** 32),
  }));
}

/** What parts of a scenario come to. */
export function together(outcomes: readonly PartOutcome[]): PartOutcome {
  const sum = (of: (outcome: PartOutcome) => number) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const live = outcomes.map(({ liveMs }) => liveMs).filter((ms) => ms !== null);
  return {
    times: sum(({ times }) => times),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    stored: sum(({ stored }) => stored),
    liveMs: live.length === 0 ? null : Math.max(...live),
    seconds: sum(({ seconds }) => seconds),
    faults: outcomes.flatMap(({ faults }) => faults),
  };
}
