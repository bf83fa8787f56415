/** `npm run bench`: measures and prints a table. Missed targets are no failure. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { batchBenchmark } from './batch.ts';
import type { Benchmark, Finding, RunOptions } from './benchmark.ts';
import { bind, chooseCores } from './cores.ts';
import { dashboardsBenchmark } from './dashboards.ts';
import { historyBenchmark } from './history.ts';
import { importBenchmark } from './import.ts';
import { influxBenchmark } from './influx.ts';
import { influxPathBenchmark } from './influx-path.ts';
import { influxReadingBenchmark } from './influx-reading.ts';
import { memoryBenchmark } from './memory.ts';
import { mqttBenchmark } from './mqtt.ts';
import { postBenchmark } from './post.ts';
import { against, type BenchRun, runOf } from './run.ts';
import { sizeBenchmark } from './size.ts';
import { tableOf } from './table.ts';
import { tripBenchmark } from './trip.ts';

const BENCHMARKS: readonly Benchmark[] = [
  postBenchmark,
  batchBenchmark,
  importBenchmark,
  tripBenchmark,
  historyBenchmark,
  memoryBenchmark,
  sizeBenchmark,
  influxBenchmark,
  influxPathBenchmark,
  influxReadingBenchmark,
  dashboardsBenchmark,
  mqttBenchmark,
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      quick: { type: 'boolean', default: false },
      rows: { type: 'string', default: '10000000' },
      folder: { type: 'string', default: tmpdir() },
      save: { type: 'string' },
      against: { type: 'string' },
    },
  });
  if (values.help) return say(help());
  const unknown = positionals.find((name) => BENCHMARKS.every((each) => each.name !== name));
  if (unknown !== undefined) throw new Error(`there is no benchmark ${unknown}\n\n${help()}`);
  const earlier = values.against === undefined ? [] : readRun(values.against).findings;
  const cores = chooseCores();
  bind(process.pid, cores.load);
  say(cores.words);
  const options: RunOptions = {
    quick: values.quick,
    rows: Number(values.rows),
    folder: values.folder,
    cores,
    progress,
  };
  const findings: Finding[] = [];
  for (const benchmark of BENCHMARKS) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    progress(`${benchmark.name}: ${benchmark.about}`);
    findings.push(...(await benchmark.run(options)));
  }
  say(`\n${tableOf(against(findings, earlier))}`);
  if (values.save !== undefined) writeFileSync(values.save, `${JSON.stringify(runOf(findings), undefined, 2)}\n`);
}

function readRun(file: string): BenchRun {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BenchRun;
  } catch (error) {
    throw new Error(`--against takes a file that --save has written: ${(error as Error).message}`);
  }
}

function help(): string {
  const width = Math.max(...BENCHMARKS.map(({ name }) => name.length));
  return [
    'npm run bench -- [NAME…] [--quick] [--rows N] [--folder PATH] [--save FILE] [--against FILE]',
    '',
    ...BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    '  --quick    only to see that everything runs: the numbers mean nothing',
    '  --rows     events in the file that histories are read from (10000000)',
    `  --folder   a folder on a real disk, for scratch folders (${tmpdir()})`,
    '  --save     keeps the findings as JSON',
    '  --against  shows beside each finding what it was in a run that was kept',
    '',
    'Example: npm run bench -- post batch --against bench/last-run.json',
  ].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What is going on, beside the result. */
function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

await main();
