/** Bodies made to keep the server busy, at every door: whoever sends one holds up nobody else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_CUSTOM_SIGNALS } from '@fleet/contract';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Chunk, chunkOf, Device } from './offline.ts';
import { send, type TestRequest, until } from './server.ts';
import { WatchedProcess } from './watched-process.ts';

const ADMIN = 'the-key-of-the-admin-of-it';
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const AT = '2025-11-04T11:53:12Z';
/** Longest that the event loop may be held; measured again where the machine was busy with something else. */
const MOST_HELD_MS = 50;
const TRIES = 8;

const SMALL = 250 * 1_024;
const LARGE = 1_000 * 1_024;

let folder: string;
let watched: WatchedProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  watched = await WatchedProcess.create({ DATA_DIR: folder, ADMIN_TOKEN: ADMIN, LOG_LEVEL: 'warn' });
  await watched.process.start();
  await send(`${watched.process.url}/v1/trips`, { key: ADMIN, body: { vehicle_id: 'golf', trip_id: TRIP } });
});
afterAll(async () => {
  await watched.process.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** So many items between commas as fit. */
function items(bytes: number, item: (index: number) => string, separator = ','): string {
  const longest = item(99_999_999).length + separator.length;
  return Array.from({ length: Math.floor(bytes / longest) }, (_, index) => item(index)).join(separator);
}

/** An object with many names. */
function wide(bytes: number): string {
  return `{${items(bytes, (index) => `"n${index}":1`)}}`;
}

function codes(text: string): string {
  return JSON.stringify({ DIAGNOSTIC_TROUBLE_CODES: text });
}

const fields = (index: number) => `n${index}=1`;

function manifest(chunks: string): string {
  return `{"vehicle_id":"golf","trip_id":"${TRIP}","started_at":"${AT}","event_count":1,"chunks":[${chunks}]}`;
}

function deletion(parts: string): string {
  const when = `"made_at":"${AT}","from":"${AT}","to":"${AT}"`;
  return `{"vehicle":"golf","kind":"delete","trip_id":"${TRIP}",${when},"parts":[${parts}]}`;
}

const FORM = 'application/x-www-form-urlencoded';

interface Hostile {
  readonly what: string;
  readonly path: string;
  readonly method?: string;
  readonly type?: string;
  readonly body: string;
  readonly status: number;
}

const TO_MANIFEST = { path: `/v1/trips/${TRIP}/complete` };
const TO_CORRECTION = { path: `/v1/corrections/${TRIP}`, method: 'PUT' };

test.each<Hostile>([
  { what: 'a manifest of empty chunks', ...TO_MANIFEST, body: manifest(items(SMALL, () => '{}')), status: 400 },
  { what: 'as many as are looked at', ...TO_MANIFEST, body: manifest(items(28_000, () => '{}')), status: 422 },
  { what: 'a deletion of empty parts', ...TO_CORRECTION, body: deletion(items(SMALL, () => '{}')), status: 400 },
  { what: 'as many numbers as are looked at', ...TO_CORRECTION, body: deletion(items(39_000, () => '0')), status: 422 },
  { what: 'a trip with endless notes', path: '/v1/trips', body: `{"meta":[${items(SMALL, () => '0')}]}`, status: 400 },
  { what: 'a device of many vehicles', path: '/v1/devices', body: `[${items(SMALL, () => '""')}]`, status: 400 },
  { what: 'a sign-in of many fields', path: '/v1/session', type: FORM, body: items(SMALL, fields, '&'), status: 413 },
  { what: 'blank lines', path: '/v1/ingest', type: 'application/x-ndjson', body: '\n'.repeat(8e6), status: 200 },
  { what: 'a form of many fields', path: '/i/torque', type: FORM, body: items(LARGE, fields, '&'), status: 200 },
  { what: 'a place with many extras', path: '/i/osmand', body: `{"location":${wide(LARGE)}}`, status: 200 },
  { what: 'a point of many names', path: '/i/gpslogger', body: wide(LARGE), status: 200 },
  { what: 'a sample of many names', path: '/i/thingsboard', body: wide(LARGE), status: 200 },
  { what: 'empty samples', path: '/i/thingsboard', body: `[${items(LARGE, () => '{}')}]`, status: 200 },
  { what: 'as many as are taken', path: '/i/thingsboard', body: `[${items(74_000, () => '{}')}]`, status: 200 },
  {
    what: 'as many values as are taken',
    path: '/i/thingsboard',
    body: `[${items(LARGE, () => wide(9_000))}]`,
    status: 200,
  },
  { what: 'many trouble codes', path: '/i/wican', body: codes(',x'.repeat(LARGE / 2)), status: 200 },
])(
  '$what',
  async ({ path, method = 'POST', type = 'application/json', body, status }) => {
    const headers = { 'content-type': type };
    await expectNotHeld(path, { key: ADMIN, method, body, headers }, status);
  },
  30_000,
);

async function expectNotHeld(path: string, request: TestRequest, status = 200): Promise<void> {
  await expectNotHeldBy(async () => {
    expect((await send(watched.process.url + path, request)).status).toBe(status);
  });
}

/** Does it, again where the machine was busy with something else. */
async function expectNotHeldBy(act: () => Promise<void>): Promise<void> {
  const held: number[] = [];
  do {
    await watched.ask();
    await act();
    held.push((await watched.ask()).held_ms);
  } while (Math.min(...held) >= MOST_HELD_MS && held.length < TRIES);
  expect(Math.min(...held)).toBeLessThan(MOST_HELD_MS);
}

const GAPPY_TRIP = '0a1f1bd5-7b8e-4d61-9bb5-7d5f0b1c2d3e';
/** Of one chunk, each seq a gap behind the one before. */
const GAPS = 45_000;

test('an upload with a hundred thousand gaps holds nobody up, nor does asking for it', async () => {
  const device = new Device({ url: watched.process.url, key: ADMIN, vehicle: 'polo', trip_id: GAPPY_TRIP });
  await device.announce();
  const chunks = [1, 2, 3].map((no) => gappyChunk(no));
  for (const chunk of chunks) expect((await device.putChunk(chunk)).status).toBe(200);

  const manifest = device.manifest(chunks, { event_count: 3 * GAPS });
  await expectNotHeld(`/v1/trips/${GAPPY_TRIP}/complete`, { key: ADMIN, body: manifest });
  await expectNotHeld(`/v1/trips/${GAPPY_TRIP}/upload`, { key: ADMIN });
  await expectNotHeld(`/v1/trips/${GAPPY_TRIP}`, { key: ADMIN });
}, 60_000);

function gappyChunk(no: number): Chunk {
  const events = Array.from({ length: GAPS }, (_, index) => {
    const nth = (no - 1) * GAPS + index;
    const ts = new Date(Date.parse(AT) + 100 * nth).toISOString();
    return { vehicle_id: 'polo', trip_id: GAPPY_TRIP, ts, seq: 2 * nth + 1, rpm: nth % 9_000 };
  });
  return chunkOf(no, events, 1);
}

/** Longer than what is told of a vehicle at once, characters. */
const MOST_TOLD = 4e6;

/** Each with signals of its own. */
const EVENTS = 1_000;

test('a vehicle with tens of thousands of signals holds nobody up', async () => {
  const began = Date.now() - EVENTS;
  const lines = Array.from({ length: EVENTS }, (_, nth) => {
    const signals = Array.from({ length: MAX_CUSTOM_SIGNALS }, (_, index) => [`c${nth}_${index}`, 1.5]);
    return JSON.stringify({
      vehicle_id: 'up',
      ts: new Date(began + nth).toISOString(),
      ...Object.fromEntries(signals),
    });
  });
  const headers = { 'content-type': 'application/x-ndjson' };
  await send(`${watched.process.url}/v1/ingest`, { key: ADMIN, headers, body: lines.join('\n') });

  await expectNotHeld('/v1/vehicles/up/latest', { key: ADMIN });

  const streams = await Promise.all([1, 2, 3].map(listen));
  let rpm = 0;
  await expectNotHeldBy(async () => {
    rpm++;
    const body = { vehicle_id: 'up', ts: new Date().toISOString(), rpm };
    expect((await send(`${watched.process.url}/v1/ingest`, { key: ADMIN, body })).status).toBe(200);
    for (const stream of streams) await until(stream.last, (text) => text.includes(`"rpm":${rpm},`));
  });
  for (const stream of streams) stream.leave();
}, 60_000);

/** Listens to what changes. */
async function listen() {
  const controller = new AbortController();
  const headers = { authorization: `Bearer ${ADMIN}` };
  const { body } = await fetch(`${watched.process.url}/v1/live`, { headers, signal: controller.signal });
  let text = '';
  const read = async () => {
    for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) text = (text + piece).slice(-MOST_TOLD);
  };
  read().catch(() => {});
  return { last: () => text, leave: () => controller.abort() };
}
