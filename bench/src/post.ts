/** Single events, each durable before its answer, against the same server without a store. */
import { atLeast, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { Child } from './child.ts';
import { type DuelReport, duel } from './duel.ts';
import { type Burst, startLoadGenerator } from './load-generator.ts';
import { inScratchFolder, KEY, withServer } from './scratch.ts';
import { rateInWords, timesInWords } from './statistics.ts';

const CONNECTIONS = 64;
const BURST_MS = 1_000;
const QUICK_BURST_MS = 150;
const TARGET = 0.75;

export const postBenchmark: Benchmark = {
  name: 'post',
  about: 'single events by POST, durable, against the same HTTP server without a store',
  run: async (options) => findings(await inScratchFolder(options, (folder) => measure(options, folder))),
};

async function measure(options: RunOptions, folder: string): Promise<DuelReport> {
  const { cores, quick } = options;
  const load = startLoadGenerator(cores.load);
  const baseline = Child.start<object, number>('baseline-post', cores.server);
  try {
    const port = await baseline.ask({});
    const burst: Omit<Burst & { kind: 'json' }, 'port' | 'letter'> = {
      kind: 'json',
      key: KEY,
      connections: CONNECTIONS,
      together: 1,
      ms: quick ? QUICK_BURST_MS : BURST_MS,
    };
    return await withServer(options, folder, ({ pid, url }) => {
      const ours = { pid, burst: { ...burst, port: Number(new URL(url).port), letter: 'p' } };
      return duel(load, ours, { pid: baseline.pid, burst: { ...burst, port, letter: 'q' } }, options);
    });
  } finally {
    await Promise.all([load.end(), baseline.end()]);
  }
}

function findings({ ours, base, ratio, cpuRatio, busy }: DuelReport): Finding[] {
  return [
    {
      name: `single POST, ${CONNECTIONS} connections`,
      measured: rateInWords(ours.rate),
      baseline: rateInWords(base.rate),
      ratio: timesInWords(ratio),
      target: atLeast(TARGET, ratio, ' ×'),
    },
    {
      name: '  by CPU time of the process',
      measured: `${ours.cpuMicros.toFixed(1)} µs`,
      baseline: `${base.cpuMicros.toFixed(1)} µs`,
      ratio: timesInWords(cpuRatio),
    },
    { name: '  load generator at most busy', measured: `${(100 * busy).toFixed(0)} %` },
  ];
}
