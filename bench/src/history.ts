/** A month of one signal, minute by minute, from a car that never stops and tells of itself four times a second. */
import type { EventStore } from '@fleet/api/ports';
import { openSqliteStore } from '@fleet/api/stores/sqlite/sqlite-store';
import { atMost, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { bind } from './cores.ts';
import { driveEvents, type Journey } from './drive-events.ts';
import { inScratchFolder } from './scratch.ts';
import { millisInWords } from './statistics.ts';
import { medianMs } from './timing.ts';

const MONTH_MS = 30 * 86_400_000;
const MINUTE_MS = 60_000;
/** So that a month is ten million events. */
const STEP_MS = 259;
const IDLE_MS = 300_000;
const QUICK_ROWS = 20_000;
const TARGET_MS = 50;
/** Events that are written together, and how often to say how far it is. */
const TOGETHER = 10_000;
const SAY_EVERY = 1_000_000;

export const historyBenchmark: Benchmark = {
  name: 'history',
  about: 'a month of one signal per minute, over 10 million events (--rows)',
  run: (options) => inScratchFolder(options, async (folder) => [await measure(options, folder)]),
};

async function measure(options: RunOptions, folder: string): Promise<Finding> {
  const { cores, progress, quick } = options;
  const rows = quick ? QUICK_ROWS : options.rows;
  const journey = { vehicle: 'golf', trip: null, firstTs: Date.UTC(2026, 0, 1), stepMs: STEP_MS };
  const { events: store } = await openSqliteStore({ folder, idleMs: IDLE_MS });
  try {
    bind(process.pid, cores.all);
    await fill(store, journey, rows, progress);
    const span = { from: journey.firstTs, to: journey.firstTs + MONTH_MS };
    const read = () => store.history(journey.vehicle, 'speed_kph', span, MINUTE_MS);
    const began = performance.now();
    const points = await read();
    progress(`worked out in ${((performance.now() - began) / 1_000).toFixed(1)} s, ${points.length} minutes`);
    bind(process.pid, cores.server);
    const ms = await medianMs(read, quick);
    const name = `${points.length} minutes over ${rows} events`;
    return { name, measured: millisInWords(ms), target: atMost(TARGET_MS, ms, ' ms') };
  } finally {
    bind(process.pid, cores.load);
    await store.close();
  }
}

async function fill(
  store: EventStore,
  journey: Journey,
  rows: number,
  progress: RunOptions['progress'],
): Promise<void> {
  let writing: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < rows; from += TOGETHER) {
    const events = driveEvents(journey, from, Math.min(from + TOGETHER, rows));
    await writing;
    writing = store.write(events);
    if (from % SAY_EVERY === 0) progress(`${from} of ${rows} events`);
  }
  await writing;
}
