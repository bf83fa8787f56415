/** docs/benchmarks.md: what the last kept run of `npm run bench` found. */
import { readFileSync } from 'node:fs';
import type { BenchRun } from '@fleet/bench/run';
import { tableOf } from '@fleet/bench/table';
import { GENERATED, page } from './markdown.ts';

const LAST_RUN = new URL('../../../bench/last-run.json', import.meta.url);

export function benchmarksPage(): string {
  const { date, node, platform, cores, findings } = JSON.parse(readFileSync(LAST_RUN, 'utf8')) as BenchRun;
  const judged = findings.flatMap(({ target }) => (target === undefined ? [] : [target.met]));
  return page(
    GENERATED,
    '# Benchmarks',
    'What each line compares, and why some miss their target, is in [performance.md](performance.md). Measure it again, ' +
      'beside what it was:',
    '```sh\nnpm run bench -- --against bench/last-run.json\n```',
    `On ${date}, Node ${node} on ${platform}, ${cores}; ${judged.filter(Boolean).length} of ${judged.length} targets are met:`,
    tableOf(findings),
  );
}
