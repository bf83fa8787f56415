/** How much memory the server takes: under load, and when nothing happens. */
import { setTimeout as wait } from 'node:timers/promises';
import { atMost, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { startLoadGenerator } from './load-generator.ts';
import { singleEvents, wholeDrives } from './loads.ts';
import { peakMib, residentMib } from './process-use.ts';
import { inScratchFolder, KEY, withServer } from './scratch.ts';

const ROUNDS = 10;
/** After its start: V8 gives back what the start took once it has seen nothing happen for some ten seconds. */
const IDLE_AFTER_MS = 30_000;
const LOADED_TARGET_MIB = 200;
const IDLE_TARGET_MIB = 90;

export const memoryBenchmark: Benchmark = {
  name: 'memory',
  about: 'memory of the server: its peak during single events and imports, and when it is idle',
  run: (options) =>
    inScratchFolder(options, async (folder) => [await loaded(options, folder), await idle(options, folder)]),
};

async function loaded(options: RunOptions, folder: string): Promise<Finding> {
  const { cores, quick } = options;
  const mib = await withServer(options, folder, async ({ pid, port }) => {
    const generator = startLoadGenerator(cores.load);
    try {
      for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
        await generator.ask({ load: singleEvents('m', options), port, key: KEY });
        await generator.ask({ load: wholeDrives('n', options), port, key: KEY });
      }
    } finally {
      await generator.end();
    }
    return peakMib(pid);
  });
  return { name: 'memory, peak under load', measured: inWords(mib), target: atMost(LOADED_TARGET_MIB, mib, ' MiB') };
}

/** With what the load left on disk. */
async function idle(options: RunOptions, folder: string): Promise<Finding> {
  const mib = await withServer(options, folder, async ({ pid }) => {
    await wait(options.quick ? 100 : IDLE_AFTER_MS);
    return residentMib(pid);
  });
  return { name: 'memory, idle', measured: inWords(mib), target: atMost(IDLE_TARGET_MIB, mib, ' MiB') };
}

function inWords(mib: number): string {
  return `${mib.toFixed(0)} MiB`;
}
