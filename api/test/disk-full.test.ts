/**
 * A full disk, played by the limit that the system puts on the size of files: what can't be stored is refused, nothing
 * that was acknowledged is lost, and the same process goes on when there is room again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TelemetryEvent } from '@fleet/contract';
import {
  becomesLive,
  FleetProcess,
  Ledger,
  LIVE_WITHIN_MS,
  readEventsOf,
  readTrips,
  sendAll,
  TRANSPORTS,
} from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { asTrip, chunkOf, Device, slugOf } from './offline.ts';
import { send, type TestAnswer, until } from './server.ts';

const KEY = 'a-key-for-every-vehicle';
const ADMIN = 'the-key-of-the-admin-of-it';
const T0 = Date.UTC(2025, 0, 1);

/** Changes the limit of a running process; part of every Linux. */
const hasPrlimit = spawnSync('prlimit', ['--version']).status === 0;
const testWithLimits = hasPrlimit ? test : test.skip;

let folder: string;
let server: FleetProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  server = await FleetProcess.create({
    DATA_DIR: folder,
    API_KEY: KEY,
    ADMIN_TOKEN: ADMIN,
    INGEST_MAX_AGE: 'off',
    LOG_LEVEL: 'fatal',
  });
  await server.start();
});
afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** No file may be written to behind so many bytes. */
function limitFiles(bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', `${server.pid}`, `--fsize=${bytes}:`]);
}

function target() {
  return { url: server.url, key: KEY };
}

/** Loose events a second apart. */
function drive(first: number, count: number): TelemetryEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    vehicle_id: 'golf',
    ts: new Date(T0 + (first + index) * 1_000).toISOString(),
    rpm: 900 + index,
  }));
}

function ingest(body: unknown): Promise<TestAnswer> {
  return send(`${server.url}/v1/ingest`, { key: KEY, body });
}

async function isReady(): Promise<boolean> {
  return (await send(`${server.url}/readyz`, {})).status === 200;
}

async function faults(ledger: Ledger): Promise<string[]> {
  const admin = { ...target(), key: ADMIN };
  return ledger.faultsIn(await readEventsOf(admin, await readTrips(admin)));
}

testWithLimits(
  'a full disk is told, and over when there is room again',
  async () => {
    const ledger = new Ledger();
    const [before, during, after] = [drive(0, 300), drive(300, 300), drive(600, 300)];
    await sendAll([[TRANSPORTS.array, before]], { target: target(), ledger, lanes: 1, withinMs: 5_000 });
    const device = new Device({ ...target(), vehicle: 'polo', trip_id: crypto.randomUUID() });
    await device.announce();
    const uploaded = asTrip(drive(0, 300), device.link.trip_id, 'polo');
    const chunk = chunkOf(1, uploaded);

    limitFiles(4_096);
    ledger.sending([...during, ...uploaded]);
    const answers = [
      await ingest(during[0]),
      await ingest(during),
      await device.putChunk(chunk),
      await device.announce(),
    ];

    expect(answers.slice(0, 3).map((answer) => [answer.status, slugOf(answer)])).toEqual(
      Array.from({ length: 3 }, () => [503, 'store-unavailable']),
    );
    expect(answers.slice(0, 3).every(({ headers }) => headers.has('retry-after'))).toBe(true);
    expect(answers[3]?.status).toBe(200);
    expect(await isReady()).toBe(false);
    expect((await send(`${server.url}/healthz`, {})).status).toBe(200);

    limitFiles('unlimited');
    await becomesLive(TRANSPORTS.array, after, { target: target(), ledger });
    await until(isReady, (ready) => ready);
    expect((await device.putChunk(chunk)).body).toMatchObject({ accepted: 300 });
    ledger.acknowledged(uploaded);
    expect(await faults(ledger)).toEqual([]);

    await server.end('SIGKILL');
    await server.start();
    expect(await faults(ledger)).toEqual([]);
  },
  30_000,
);

testWithLimits(
  'nothing that is acknowledged is lost while the disk is full now and then',
  async () => {
    const ledger = new Ledger();
    const requests = Array.from({ length: 120 }, (_, index) => drive(index * 20, 20));
    let sent = false;
    const sending = sendAll(
      requests.map((request, index) => [index % 3 === 0 ? TRANSPORTS.one : TRANSPORTS.ndjson, request] as const),
      { target: target(), ledger, lanes: 4, withinMs: 30_000 },
    ).finally(() => {
      sent = true;
    });

    let refused = 0;
    for (let round = 0; round < 6 && !sent; round++) {
      limitFiles(4_096 * (round + 1));
      await until(
        () => ingest(drive(100_000 + round, 1)[0]),
        ({ status }) => status === 503 || sent,
      );
      refused++;
      limitFiles('unlimited');
      await until(
        () => ingest(drive(200_000 + round, 1)[0]),
        ({ status }) => status === 200,
        LIVE_WITHIN_MS,
      );
    }
    await sending;

    expect(refused).toBeGreaterThan(1);
    for (const first of [100_000, 200_000]) ledger.sending(drive(first, 6).map((event) => ({ ...event, rpm: 900 })));
    expect(await faults(ledger)).toEqual([]);
    await server.end('SIGKILL');
    await server.start();
    expect(await faults(ledger)).toEqual([]);
  },
  60_000,
);
