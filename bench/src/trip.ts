/** Reading a trip of 5,000 events: from the store, and over HTTP. */
import { Agent, get } from 'node:http';
import type { EventStore } from '@fleet/api/ports';
import { openSqliteStore } from '@fleet/api/stores/sqlite/sqlite-store';
import { atMost, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { bind } from './cores.ts';
import { driveEvents } from './drive-events.ts';
import { ADMIN, inScratchFolder, withServer } from './scratch.ts';
import { millisInWords } from './statistics.ts';
import { medianMs } from './timing.ts';

const EVENTS = 5_000;
const VEHICLE = 'golf';
const TRIP = 'aaaaaaaa-0000-4000-8000-000000000000';
const IDLE_MS = 300_000;
const STORE_TARGET_MS = 5;
const HTTP_TARGET_MS = 30;

export const tripBenchmark: Benchmark = {
  name: 'trip',
  about: 'a trip of 5,000 events is read: from the store, and over HTTP as JSON',
  run: (options) =>
    inScratchFolder(options, async (folder) => [await fromStore(options, folder), await overHttp(options, folder)]),
};

async function fromStore({ cores, quick }: RunOptions, folder: string): Promise<Finding> {
  const { events: store } = await openSqliteStore({ folder, idleMs: IDLE_MS });
  try {
    const journey = { vehicle: VEHICLE, trip: TRIP, firstTs: Date.UTC(2026, 0, 1), stepMs: 1_000 };
    await store.write(driveEvents(journey, 0, EVENTS));
    bind(process.pid, cores.server);
    const ms = await medianMs(() => readTrip(store), quick);
    return { name: 'trip of 5,000, store', measured: millisInWords(ms), target: atMost(STORE_TARGET_MS, ms, ' ms') };
  } finally {
    bind(process.pid, cores.load);
    await store.close();
  }
}

async function readTrip(store: EventStore): Promise<void> {
  const found = await store.trip(TRIP, [VEHICLE]);
  if (found.kind !== 'found') throw new Error('the trip is not there');
  let count = 0;
  for await (const rows of store.rows(VEHICLE, found.trip)) count += rows.length;
  if (count !== EVENTS) throw new Error(`the trip has ${count} events`);
}

async function overHttp(options: RunOptions, folder: string): Promise<Finding> {
  const ms = await withServer(options, folder, async ({ port }) => {
    const agent = new Agent({ keepAlive: true });
    const read = () => fetchBytes({ agent, port, path: `/v1/trips/${TRIP}/events` });
    const bytes = await read();
    options.progress(`${bytes} bytes of JSON`);
    return medianMs(read, options.quick);
  });
  return { name: 'trip of 5,000, HTTP', measured: millisInWords(ms), target: atMost(HTTP_TARGET_MS, ms, ' ms') };
}

/** Reads an answer to its end; how long it was. */
function fetchBytes(request: { agent: Agent; port: number; path: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ADMIN}` };
    const sent = get({ ...request, host: '127.0.0.1', headers }, (res) => {
      if (res.statusCode !== 200) reject(new Error(`answered ${res.statusCode}`));
      let bytes = 0;
      res.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      res.on('end', () => resolve(bytes));
    });
    sent.on('error', reject);
  });
}
