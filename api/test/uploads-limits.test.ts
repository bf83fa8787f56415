/** Offline uploads at their limits: what they cost the process, and what is left when it is killed. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TelemetryEvent } from '@fleet/contract';
import { readEventsOf, readTrips } from '@fleet/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openForReading } from '../src/stores/sqlite/open-database.ts';
import { DATABASE_FILE } from '../src/stores/sqlite/sqlite-store.ts';
import { asTrip, type Chunk, chunkOf, Device, packed, slugOf } from './offline.ts';
import { until } from './server.ts';
import { WatchedProcess } from './watched-process.ts';

const KEY = 'a-key-for-every-vehicle';
const ADMIN = 'the-key-of-the-admin-of-it';
const T0 = Date.UTC(2025, 0, 1);
const MIB = 2 ** 20;
/** Longest that the event loop may be held; measured again where the machine was busy with something else. */
const MOST_HELD_MS = 50;
const TRIES = 5;
/** Chunks at most that are sent until one is half stored when its server is killed. */
const MOST_KILLS = 10;

let folder: string;
let watched: WatchedProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  watched = await WatchedProcess.create({ DATA_DIR: folder, API_KEY: KEY, ADMIN_TOKEN: ADMIN, LOG_LEVEL: 'warn' });
  await watched.process.start();
});
afterEach(async () => {
  await watched.process.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function newDevice(): Promise<Device> {
  const device = new Device({ url: watched.process.url, key: KEY, vehicle: 'golf', trip_id: crypto.randomUUID() });
  expect((await device.announce()).status).toBe(201);
  return device;
}

/** Events a second apart. */
function drive(count: number, first = 0): TelemetryEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    vehicle_id: 'golf',
    ts: new Date(T0 + (first + index) * 1_000).toISOString(),
    speed_kph: index % 120,
    rpm: 900 + (index % 3_000),
  }));
}

describe('a large chunk', () => {
  const LINES = 5_000;
  const LINE_BYTES = 12 * 1_024;

  /** 60 MiB of lines that pack to about a MiB. */
  function packedLines(seqs: number, text: (seq: number) => string): Buffer<ArrayBuffer> {
    const lines = Array.from({ length: seqs }, (_, index) => text(index + 1).padEnd(LINE_BYTES));
    return packed(lines.join('\n'), 1);
  }

  function event(seq: number): string {
    const extras = Array.from({ length: 20 }, (_, signal) => [`extra_${signal}`, (seq * (signal + 7)) % 99_991]);
    return JSON.stringify({ ...drive(1, seq)[0], seq, ...Object.fromEntries(extras) });
  }

  test.each([
    ['events', event],
    ['lines that are none', (seq: number) => event(seq).replace('{', '[')],
  ])(
    'of %s makes memory grow no more than a small one, and does not hold the event loop',
    async (_what, text) => {
      const [small, large] = [packedLines(LINES / 4, text), packedLines(LINES, text)];
      await (await newDevice()).putChunk({ no: 1, bytes: small });
      const before = await watched.ask();
      const held: number[] = [];

      do {
        const answer = await (await newDevice()).putChunk({ no: 1, bytes: large });
        expect(answer.body.event_count).toBe(LINES);
        const after = await watched.ask();
        if (held.length === 0) expect(after.most_bytes - before.most_bytes).toBeLessThan(50 * MIB);
        held.push(after.held_ms);
      } while (Math.min(...held) >= MOST_HELD_MS && held.length < TRIES);

      expect(Math.min(...held)).toBeLessThan(MOST_HELD_MS);
    },
    60_000,
  );
});

test('a bomb is refused before it has grown, whatever it is made of', async () => {
  const device = await newDevice();

  for (const fill of ['\0', '\n', 'x\n', '{}\n']) {
    const bytes = Buffer.from(gzipSync(Buffer.alloc(20 * MIB, fill)));
    const before = await watched.ask();
    const held: number[] = [];

    do {
      const answer = await device.putChunk({ no: 1, bytes });
      expect(['payload-too-large', 'invalid-chunk']).toContain(slugOf(answer));
      const after = await watched.ask();
      expect(after.most_bytes - before.most_bytes).toBeLessThan(30 * MIB);
      held.push(after.held_ms);
    } while (Math.min(...held) >= MOST_HELD_MS && held.length < TRIES);

    expect(Math.min(...held)).toBeLessThan(MOST_HELD_MS);
  }

  expect((await device.status()).body).toMatchObject({ chunks: [], seqs: [] });
  expect(readdirSync(join(folder, 'spool'))).toEqual([]);
}, 30_000);

test('a chunk whose server was killed while it stored it is whole when it was sent again', async () => {
  const device = await newDevice();
  const events: TelemetryEvent[] = [];
  const chunks: Chunk[] = [];
  let halfStored = 0;

  // A chunk may be stored before its server is killed: then another one is sent.
  while (chunks.length < 2 || (halfStored === 0 && chunks.length < MOST_KILLS)) {
    const index = chunks.length;
    events.push(...asTrip(drive(8_000 * (index + 1)), device.link.trip_id).slice(8_000 * index));
    const chunk = chunkOf(index + 1, events.slice(8_000 * index));
    chunks.push(chunk);
    const answer = device.putChunk(chunk).catch(() => undefined);
    await until(storedCount, (count) => count > index * 8_000);
    await watched.process.end('SIGKILL');
    await answer;
    await watched.process.start();

    const { body } = await device.status();
    const here = (body.seqs as [number, number][]).some(
      ([first, last]) => first <= chunk.last_seq && last >= chunk.first_seq,
    );
    if (here && body.chunks.length === index) halfStored++;
    expect(readdirSync(join(folder, 'spool'))).toEqual([]);
    expect((await device.putChunk(chunk)).body).toMatchObject({ accepted: 8_000, rejected_count: 0 });
  }

  expect(halfStored).toBeGreaterThan(0);
  expect((await device.complete(chunks)).status).toBe(200);
  const target = { url: watched.process.url, key: ADMIN };
  const trips = await readTrips(target);
  expect(trips).toMatchObject([{ trip_id: device.link.trip_id, event_count: events.length }]);
  const stored = await readEventsOf(target, trips);
  expect(stored.map(({ ts, seq, values }) => [Date.parse(ts), seq, values['speed_kph']])).toEqual(
    events.map(({ ts, seq, speed_kph }) => [Date.parse(ts), seq, speed_kph]),
  );
}, 60_000);

/** Events that are committed, as another process sees them. */
function storedCount(): number {
  const db = openForReading(join(folder, DATABASE_FILE));
  try {
    return db.prepare('SELECT count(*) FROM events').pluck().get() as number;
  } finally {
    db.close();
  }
}
