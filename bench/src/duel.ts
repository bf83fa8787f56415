/**
 * Two contenders in turns. A machine whose speed swings says little in seconds, but much in ratios: bursts follow each
 * other closely, so that both of a pair see the same machine.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Finding, RunOptions, Target } from './benchmark.ts';
import type { Load, LoadGenerator } from './load-generator.ts';
import { cpuSeconds } from './process-use.ts';
import { KEY } from './scratch.ts';
import { median, microsInWords, rateInWords, sum, timesInWords } from './statistics.ts';

/** A server, and what it is sent. */
export interface Contender {
  readonly pid: number;
  readonly port: number;
  readonly load: Load;
  /** How long it works on what it has answered already before the other one's turn, milliseconds. */
  readonly afterMs?: number;
}

/** What came out for one of two. */
export interface Score {
  /** Events a second, the median of all bursts. */
  readonly rate: number;
  /** Microseconds of CPU time that the server's process used for an event, with what it did between turns, where it is its own. */
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

/** The line of the table that tells it. */
export const CPU_TIME = '- CPU time an event';

/** Pairs of bursts. */
const ROUNDS = 20;
const WARM_UPS = 3;

export async function duel(
  generator: LoadGenerator,
  ours: Contender,
  base: Contender,
  { quick, progress }: RunOptions,
): Promise<DuelReport> {
  const rounds: { readonly ours: Sample; readonly base: Sample }[] = [];
  const warmUps = quick ? 0 : WARM_UPS;
  const cpuNow = () => ({ ours: cpuSeconds(ours.pid), base: cpuSeconds(base.pid) });
  let before = cpuNow();
  for (let round = -warmUps; round < (quick ? 2 : ROUNDS); round++) {
    if (round === 0) before = cpuNow();
    const [first, second] = round % 2 === 0 ? [ours, base] : [base, ours];
    const samples = [await sample(generator, first), await sample(generator, second)] as const;
    const pair = first === ours ? { ours: samples[0], base: samples[1] } : { ours: samples[1], base: samples[0] };
    if (round >= 0) rounds.push(pair);
    progress(`${pair.ours.rate.toFixed(0)}/s against ${pair.base.rate.toFixed(0)}/s`);
  }
  const after = cpuNow();
  const scored = (side: 'ours' | 'base') => {
    const samples = rounds.map((pair) => pair[side]);
    // What one process does between turns of its own is nobody's.
    const isShared = ours.pid === base.pid;
    return scoreOf(samples, isShared ? sum(samples.map(({ cpu }) => cpu)) : after[side] - before[side]);
  };
  const scores = { ours: scored('ours'), base: scored('base') };
  return {
    ...scores,
    ratio: median(rounds.map((pair) => pair.ours.rate / pair.base.rate)),
    cpuRatio: scores.base.cpuMicros / scores.ours.cpuMicros,
    busy: Math.max(...rounds.flatMap((pair) => [pair.ours.busy, pair.base.busy])),
  };
}

/** What came out as lines of the table. */
export function duelFindings(
  name: string,
  { ours, base, ratio, cpuRatio, busy }: DuelReport,
  target: Target | undefined,
): Finding[] {
  return [
    {
      name,
      measured: rateInWords(ours.rate),
      baseline: rateInWords(base.rate),
      ratio: timesInWords(ratio),
      ...(target && { target }),
    },
    {
      name: CPU_TIME,
      measured: microsInWords(ours.cpuMicros),
      baseline: microsInWords(base.cpuMicros),
      ratio: timesInWords(cpuRatio),
    },
    { name: '- load generator busy, at most', measured: `${(100 * busy).toFixed(0)} %` },
  ];
}

interface Sample {
  readonly events: number;
  readonly rate: number;
  /** Seconds of CPU time within its turn. */
  readonly cpu: number;
  readonly busy: number;
}

async function sample(generator: LoadGenerator, { pid, port, load, afterMs = 0 }: Contender): Promise<Sample> {
  const before = cpuSeconds(pid);
  const { events, failures, seconds, busy } = await generator.ask({ load, port, key: KEY });
  if (failures > 0) throw new Error(`${failures} requests failed`);
  if (afterMs > 0) await wait(afterMs);
  return { events, rate: events / seconds, cpu: cpuSeconds(pid) - before, busy };
}

function scoreOf(samples: readonly Sample[], cpu: number): Score {
  const events = sum(samples.map((each) => each.events));
  return {
    rate: median(samples.map(({ rate }) => rate)),
    cpuMicros: (cpu / events) * 1e6,
  };
}
