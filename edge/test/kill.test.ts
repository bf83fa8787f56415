/**
 * The edge is killed again and again, at random and at named points, while a car drives. What was ever committed is on
 * the server in the end, event for event, once; and the trip has no hole. 200 times with FLEET_EDGE_THOROUGH=1.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TelemetryEvent } from '@fleet/contract';
import { integerBetween, Ledger, seededRandom } from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { OUTBOX_FILE } from '../src/outbox/outbox.ts';
import { BEGAN_MS, driven, openOutbox, useFolders } from './outbox-kit.ts';
import { amount } from './programs.ts';
import { KEY, type Server, startServer, until } from './server-kit.ts';

const PROGRAM = fileURLToPath(new URL('killable-edge.js', import.meta.url));
const CAR = 'golf';
/** Events of each drive that was recorded before: two chunks. */
const RECORDED = 1_100;
/** How long a life may take to come to its point. */
const REACHED_WITHIN_MS = 10_000;
/** Everything that the edge does to its file, or to the server. */
const POINTS = [
  ...['commit', 'plan', 'markSent', 'complete'],
  ...['GET session', 'POST ingest', 'POST trips', 'GET upload', 'PUT chunks', 'POST complete'],
].flatMap((point) => [`before ${point}`, `after ${point}`]);
const RANDOM_KILLS = amount(5, 200 - POINTS.length);

const folderFor = useFolders();
let server: Server;
let folder: string;
let child: ChildProcess | undefined;
let output = '';

beforeEach(async () => {
  server = await startServer();
  folder = folderFor();
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await server.stop();
});

/** A drive of an hour that goes up and down. */
function writeDrive(): string {
  const file = join(folder, 'drive.ndjson');
  const lines = Array.from({ length: 3_600 }, (_, second) => {
    const ts = new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
    return JSON.stringify({ ts, rpm: 1_000 + (second % 50) * 40, speed_kph: 30 + (second % 40) });
  });
  writeFileSync(file, lines.join('\n'));
  return file;
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const started = spawn(process.execPath, [PROGRAM, ...args], {
    env: {
      SERVER_URL: server.url,
      DEVICE_KEY: KEY,
      VEHICLE: CAR,
      DATA_DIR: join(folder, 'edge'),
      SAMPLE_EVERY: '100ms',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [started.stdout, started.stderr]) stream?.on('data', (text) => (output += text));
  child = started;
  return started;
}

/** Every event that is in the file now. */
function committed(): TelemetryEvent[] {
  const file = join(folder, 'edge', OUTBOX_FILE);
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true });
  const rows = db.prepare('SELECT * FROM events').all() as Record<string, unknown>[];
  db.close();
  return rows.map(({ boot: _boot, mono_ms: _mono, ...row }) => {
    const known = Object.entries(row).filter(([, value]) => value !== null);
    return { ...Object.fromEntries(known), vehicle_id: CAR } as unknown as TelemetryEvent;
  });
}

/** Resolves when it ended; kills it after so long. */
async function endWithin(started: ChildProcess, ms: number): Promise<void> {
  const timer = setTimeout(() => started.kill('SIGKILL'), ms);
  if (started.signalCode === null && started.exitCode === null) await once(started, 'exit');
  clearTimeout(timer);
}

/** A drive that was recorded without a link is in the outbox: there is something to upload, and to complete. */
/** Its trip. */
function addRecordedDrive(hour: number): string {
  const outbox = openOutbox(join(folder, 'edge'), { bootId: `boot-${hour}` });
  const trip_id = randomUUID();
  const offsetMs = BEGAN_MS + hour * 3_600_000;
  outbox.noteTime({ source: 'gnss', offsetMs }, false);
  outbox.beginTrip({ trip_id, started_at: new Date(offsetMs).toISOString(), vin: null });
  for (const event of driven(1, RECORDED, trip_id)) outbox.record({ ...event, ts_ms: offsetMs + event.mono_ms });
  outbox.endTrips(null);
  outbox.close();
  return trip_id;
}

test('whatever is killed, all that was committed arrives once, and no seq is missing', async () => {
  const random = seededRandom(7);
  const ledger = new Ledger();
  const remember = () => {
    const events = committed();
    ledger.sending(events);
    ledger.acknowledged(events);
  };
  const driving = { OBD_URL: `sim:${writeDrive()}` };
  const recorded = new Set<string>();
  for (const [hour, point] of POINTS.entries()) {
    recorded.add(addRecordedDrive(hour));
    remember();
    const started = start([point, '1'], driving);
    await endWithin(started, REACHED_WITHIN_MS);
    remember();
  }
  for (let kill = 0; kill < RANDOM_KILLS; kill++) {
    // Now and then the server is away too.
    if (kill % 3 === 1) await server.process.end('SIGKILL');
    await endWithin(start(['none', '0'], driving), integerBetween(random, 200, 2_500));
    if (kill % 3 === 1) await server.process.start();
    remember();
  }
  // Nothing is measured any more: the trip is over.
  start(['none', '0'], { TRIP_IDLE_TIMEOUT: '1s' });
  await until(
    () => (committed().length === 0 ? '' : output.slice(-500)),
    (left) => left === '',
    60_000,
  );

  const stored = await server.events(CAR);
  expect(ledger.faultsIn(stored)).toEqual([]);
  const trips = await server.trips(CAR);
  const whole = trips.filter(({ trip_id, event_count }) => recorded.has(trip_id) && event_count === RECORDED);
  expect(whole).toHaveLength(POINTS.length);
  expect(stored.length).toBeGreaterThan(POINTS.length * RECORDED);
  for (const { trip_id } of trips) {
    expect(await server.ask(`/v1/trips/${trip_id}?vehicle=${CAR}`)).toMatchObject({ missing_seqs: [] });
  }
}, 3_600_000);
