/** How much room an event takes on disk, with all that is derived from it. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { atMost, type Benchmark, type RunOptions } from './benchmark.ts';
import { startLoadGenerator } from './load-generator.ts';
import { wholeDrives } from './loads.ts';
import { ADMIN, inScratchFolder, KEY, withServer } from './scratch.ts';
import { sum } from './statistics.ts';

const TARGET = 90;
/** Bursts of files, so that what every file has (empty tables) counts as little as in real life. */
const BURSTS = 5;

export const sizeBenchmark: Benchmark = {
  name: 'size',
  about: 'bytes on disk for an event of the recorded drives, trips and minutes included',
  run: (options) =>
    inScratchFolder(options, async (folder) => {
      const events = await fill(options, folder);
      const bytes = (await bytesIn(folder)) / events;
      return [{ name: 'bytes an event', measured: bytes.toFixed(1), target: atMost(TARGET, bytes) }];
    }),
};

/** Stores drives, and has trips made of them. */
function fill(options: RunOptions, folder: string): Promise<number> {
  return withServer(options, folder, async ({ port }) => {
    const generator = startLoadGenerator(options.cores.load);
    try {
      let events = 0;
      for (let burst = 0; burst < (options.quick ? 1 : BURSTS); burst++) {
        events += (await generator.ask({ load: wholeDrives('d', options), port, key: KEY })).events;
      }
      const answer = await fetch(`http://127.0.0.1:${port}/v1/trips`, {
        headers: { authorization: `Bearer ${ADMIN}` },
      });
      if (!answer.ok) throw new Error(`trips answered ${answer.status}`);
      await answer.text();
      return events;
    } finally {
      await generator.end();
    }
  });
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { withFileTypes: true });
  const stats = await Promise.all(files.filter((file) => file.isFile()).map(({ name }) => stat(join(folder, name))));
  return sum(stats.map(({ size }) => size));
}
