/** Real drives, sent by clients that never give up, to a server that is killed again and again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TelemetryEvent } from '@fleet/contract';
import {
  becomesLive,
  cutAtRandom,
  FleetProcess,
  integerBetween,
  Ledger,
  type Random,
  readDrives,
  readEventsOf,
  readTrips,
  seededRandom,
  sendAll,
  shuffled,
  TRANSPORTS,
  type Transport,
} from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const KEY = 'a-key-for-every-vehicle';
const KILLS = 8;
const CLIENTS = 4;

let folder: string;
let server: FleetProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  server = await FleetProcess.create({
    DATA_DIR: folder,
    API_KEY: KEY,
    ADMIN_TOKEN: KEY.repeat(2),
    TRIP_IDLE_TIMEOUT: '100s',
    INGEST_MAX_AGE: 'off',
    LOG_LEVEL: 'warn',
  });
  await server.start();
});
afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

test.each([1, 2])(
  'drives shuffled, repeated and cut at random come out as exactly the true trips, whatever is killed (seed %d)',
  async (seed) => {
    const random = seededRandom(seed);
    const drives = readDrives();
    const ledger = new Ledger();
    const target = { url: server.url, key: KEY };
    const requests = requestsOf(
      random,
      drives.flatMap(({ events }) => events),
    );
    const slices = cutAtRandom(random, requests, 1, Math.ceil((2 * requests.length) / KILLS));
    for (const slice of slices) {
      const sent = sendAll(slice, { target, ledger, lanes: CLIENTS, withinMs: 60_000 });
      const kill = killSoon(random, sent);
      await Promise.all([sent, kill]);
      await becomesLive(TRANSPORTS.one, slice.at(-1)?.[1].slice(0, 1) ?? [], { target, ledger });
    }
    const trips = await readTrips({ ...target, key: KEY.repeat(2) });
    expect(trips.map(boundsOf).reverse()).toEqual(drives.map(({ truth }) => boundsOf(truth)));
    for (const [index, { truth }] of drives.entries()) {
      const { distance_km, distance_gap_km } = trips.at(-1 - index) ?? { distance_km: 0, distance_gap_km: 0 };
      const ratio = (distance_km - distance_gap_km) / truth.logger_distance_km;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.025);
    }
    const stored = await readEventsOf({ ...target, key: KEY.repeat(2) }, trips);
    expect(ledger.faultsIn(stored)).toEqual([]);
  },
  120_000,
);

/** Every event up to three times, in any order, in requests of any size and of every kind. */
function requestsOf(random: Random, events: readonly TelemetryEvent[]): [Transport, TelemetryEvent[]][] {
  const lines = events.flatMap((event) => Array.from({ length: integerBetween(random, 1, 3) }, () => event));
  const kinds = Object.values(TRANSPORTS);
  return cutAtRandom(random, shuffled(random, lines), 1, 400).map((request) => {
    const kind = request.length > 20 ? integerBetween(random, 1, kinds.length - 1) : 0;
    return [kinds[kind] as Transport, request];
  });
}

/** Kills the server some time after now, unless everything was sent before, and starts it again. */
async function killSoon(random: Random, sent: Promise<void>): Promise<void> {
  const after = integerBetween(random, 10, 400);
  await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, after))]);
  await server.end('SIGKILL');
  await server.start();
}

function boundsOf({
  started_at,
  ended_at,
  event_count,
}: {
  started_at: string;
  ended_at: string;
  event_count: number;
}) {
  return [Date.parse(started_at), Date.parse(ended_at), event_count];
}
