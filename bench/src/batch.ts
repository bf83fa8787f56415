/** A hundred events in one request against a hundred requests, on the same server. */
import { holdDuel } from './arena.ts';
import { atLeast, type Benchmark } from './benchmark.ts';
import { duelFindings } from './duel.ts';
import { batchesOfEvents, singleEvents } from './loads.ts';

const TARGET = 5;

export const batchBenchmark: Benchmark = {
  name: 'batch',
  about: 'arrays of 100 events by POST, against single events',
  async run(options) {
    const report = await holdDuel(options, {
      ours: batchesOfEvents('b', options),
      base: { program: undefined, load: singleEvents('s', options) },
    });
    return duelFindings('batches of 100, in events', report, atLeast(TARGET, report.ratio, ' ×'));
  },
};
