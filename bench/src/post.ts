/** Single events, each durable before its answer, against the same server without a store. */
import { holdDuel } from './arena.ts';
import { atLeast, type Benchmark } from './benchmark.ts';
import { duelFindings } from './duel.ts';
import { singleEvents } from './loads.ts';

const TARGET = 0.75;

export const postBenchmark: Benchmark = {
  name: 'post',
  about: 'single events by POST, durable, against the same HTTP server without a store',
  async run(options) {
    const report = await holdDuel(options, {
      ours: singleEvents('p', options),
      base: { program: 'baseline-post', load: singleEvents('q', options) },
    });
    return duelFindings('single POST, durable', report, atLeast(TARGET, report.ratio, ' ×'));
  },
};
