/** Whole drives as packed NDJSON, against what a service in front of InfluxDB usually does with them. */
import { holdDuel } from './arena.ts';
import { atLeast, type Benchmark } from './benchmark.ts';
import { duelFindings } from './duel.ts';
import { wholeDrives } from './loads.ts';

const TARGET = 1.7;

export const importBenchmark: Benchmark = {
  name: 'import',
  about: 'drives as NDJSON.gz, stored, against unpack + ajv + InfluxDB Point, not stored',
  async run(options) {
    const report = await holdDuel(options, {
      ours: wholeDrives('i', options),
      base: { program: 'baseline-import', load: wholeDrives('j', options) },
    });
    return duelFindings('NDJSON.gz import, durable', report, atLeast(TARGET, report.ratio, ' ×'));
  },
};
