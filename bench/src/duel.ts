/**
 * Two contenders in turns. A machine whose speed swings says little in seconds, but much in ratios: bursts follow each
 * other closely, so that both of a pair see the same machine.
 */
import type { RunOptions } from './benchmark.ts';
import type { Burst, LoadGenerator } from './load-generator.ts';
import { cpuSeconds } from './process-use.ts';
import { median, sum } from './statistics.ts';

export interface Contender {
  readonly pid: number;
  readonly burst: Burst;
}

/** What came out for one of two. */
export interface Score {
  /** Events a second, the median of all bursts. */
  readonly rate: number;
  /** Microseconds of CPU time that the server's process used for an event. */
  readonly cpuMicros: number;
}

export interface DuelReport {
  readonly ours: Score;
  readonly base: Score;
  /** How often as fast we are: the median over pairs of bursts. */
  readonly ratio: number;
  /** The same by CPU time over all bursts, which is steadier. */
  readonly cpuRatio: number;
  /** The greatest share of a burst for which the load generator itself computed. */
  readonly busy: number;
}

/** Pairs of bursts. */
const ROUNDS = 20;
const WARM_UPS = 3;

export async function duel(
  load: LoadGenerator,
  ours: Contender,
  base: Contender,
  { quick, progress }: RunOptions,
): Promise<DuelReport> {
  const rounds: { readonly ours: Sample; readonly base: Sample }[] = [];
  const warmUps = quick ? 0 : WARM_UPS;
  for (let round = -warmUps; round < (quick ? 2 : ROUNDS); round++) {
    const [first, second] = round % 2 === 0 ? [ours, base] : [base, ours];
    const samples = [await sample(load, first), await sample(load, second)] as const;
    const pair = first === ours ? { ours: samples[0], base: samples[1] } : { ours: samples[1], base: samples[0] };
    if (round >= 0) rounds.push(pair);
    progress(`${pair.ours.rate.toFixed(0)}/s against ${pair.base.rate.toFixed(0)}/s`);
  }
  const scores = { ours: scoreOf(rounds.map((pair) => pair.ours)), base: scoreOf(rounds.map((pair) => pair.base)) };
  return {
    ...scores,
    ratio: median(rounds.map((pair) => pair.ours.rate / pair.base.rate)),
    cpuRatio: scores.base.cpuMicros / scores.ours.cpuMicros,
    busy: Math.max(...rounds.flatMap((pair) => [pair.ours.busy, pair.base.busy])),
  };
}

interface Sample {
  readonly events: number;
  readonly rate: number;
  readonly cpu: number;
  readonly busy: number;
}

async function sample(load: LoadGenerator, { pid, burst }: Contender): Promise<Sample> {
  const before = cpuSeconds(pid);
  const { events, failures, seconds, busy } = await load.ask(burst);
  if (failures > 0) throw new Error(`${failures} requests failed`);
  return { events, rate: events / seconds, cpu: cpuSeconds(pid) - before, busy };
}

function scoreOf(samples: readonly Sample[]): Score {
  const events = sum(samples.map((each) => each.events));
  return {
    rate: median(samples.map(({ rate }) => rate)),
    cpuMicros: (sum(samples.map(({ cpu }) => cpu)) / events) * 1e6,
  };
}
