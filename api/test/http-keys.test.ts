import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { addDevice } from '../src/access/devices.ts';
import { digestOf } from '../src/access/key.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const START = Date.UTC(2025, 10, 4, 12);
const EVENT = { vehicle_id: 'golf', ts: '2025-11-04T12:00:00Z', rpm: 900 };

/** Two seconds are promised; a busy machine has some more. */
const NOTICED_WITHIN_MS = 4_000;

let now = START;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ API_KEY: 'the-seed-key', TRUST_PROXY: 'loopback' }, { now: () => now });
});
beforeEach(() => {
  now = START;
});
afterAll(() => server.stop());

let addresses = 0;

/** An address of its own, so that wrong keys are not too many. */
function fromElsewhere(): { 'x-forwarded-for': string } {
  addresses++;
  return { 'x-forwarded-for': `10.0.${addresses >> 8}.${addresses & 255}` };
}

async function statusWith(key: string, of: TestServer = server): Promise<number> {
  return (await of.request('/v1/ingest', { key, body: EVENT, headers: fromElsewhere() })).status;
}

async function madeDevice(more: object = {}): Promise<{ id: string; key: string }> {
  const { status, body } = await server.request('/v1/devices', {
    body: { name: 'dongle', vehicles: ['golf'], ...more },
  });
  expect(status).toBe(201);
  return { id: body.device.id, key: body.key };
}

async function rotated(id: string): Promise<string> {
  return (await server.request(`/v1/devices/${id}/rotate`, { method: 'POST' })).body.key;
}

describe('the key of a device', () => {
  test('is long and URL-safe, works at once, and is shown only then', async () => {
    const { id, key } = await madeDevice();
    const list = await server.request('/v1/devices');
    const stored = await server.services.registry.get('device', id);

    expect(key).toMatch(/^[\w-]{24,}$/);
    expect(await statusWith(key)).toBe(200);
    expect(list.text).not.toContain(key);
    expect(list.text).not.toContain(digestOf(key));
    expect(JSON.stringify(stored)).not.toContain(key);
    expect(stored?.body.keys).toMatchObject([{ sha256: digestOf(key) }]);
  });

  test('takes over from the one before, which holds until the next, or until it is told not to', async () => {
    const { id, key: first } = await madeDevice();
    const second = await rotated(id);
    const both = [await statusWith(first), await statusWith(second)];
    const third = await rotated(id);
    const later = [await statusWith(first), await statusWith(second), await statusWith(third)];
    await server.request(`/v1/devices/${id}/revoke-old-keys`, { method: 'POST' });

    expect(both).toEqual([200, 200]);
    expect(later).toEqual([401, 200, 200]);
    expect([await statusWith(second), await statusWith(third)]).toEqual([401, 200]);
  });

  test('goes with the device, whose events stay', async () => {
    const { id, key } = await madeDevice();
    await statusWith(key);
    const { status } = await server.request(`/v1/devices/${id}`, { method: 'DELETE' });

    expect([status, await statusWith(key)]).toEqual([204, 401]);
    expect((await server.request('/v1/vehicles/golf/latest')).status).toBe(200);
  });

  test('ends when it was told to, and the one that takes over lives as long', async () => {
    const { id, key } = await madeDevice({ expires_at: '2025-11-04T13:00:00Z' });
    now = START + 3_599_999;
    const second = await rotated(id);
    const before = await statusWith(key);
    now = START + 3_600_000;

    expect([before, await statusWith(key), await statusWith(second)]).toEqual([200, 401, 200]);
    now = START + 7_199_999;
    expect(await statusWith(second)).toBe(401);
  });

  test('that another process made holds within two seconds, and no longer once it took it away', async () => {
    const wanted = { name: 'cli', role: 'device', vehicles: ['golf'], expires_at: null } as const;
    const { device, key } = await addDevice(createMemoryRegistry(), wanted, now);
    const before = await statusWith(key);
    await server.services.registry.create(device);
    await until(
      () => statusWith(key),
      (status) => status === 200,
      NOTICED_WITHIN_MS,
    );
    await server.services.registry.delete('device', device.id);
    await server.services.refresh();

    expect([before, await statusWith(key)]).toEqual([401, 401]);
  }, 15_000);

  test.each<[string, object, string]>([
    ['no name', { vehicles: ['golf'] }, '/name'],
    ['a name that a log could be misled with', { name: 'a\nb', vehicles: ['golf'] }, '/name'],
    ['no vehicles', { name: 'dongle' }, '/vehicles'],
    ['none of all vehicles', { name: 'dongle', vehicles: [] }, '/vehicles'],
    ['a vehicle that is none', { name: 'dongle', vehicles: ['my golf'] }, '/vehicles/0'],
    ['another role', { name: 'dongle', vehicles: '*', role: 'root' }, '/role'],
    ['something unknown', { name: 'dongle', vehicles: '*', keys: [] }, ''],
  ])('is not made for a device with %s', async (_what, body, pointer) => {
    const answer = await server.request('/v1/devices', { body });

    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe('a wrong key', () => {
  test('too often from an address is told to wait, good keys of that address are not, nor other addresses', async () => {
    const other = await startTestServer({ STORE: 'memory', TRUST_PROXY: 'loopback' }, { now: () => now });
    const key = await other.key('golf');
    const ask = (credential: string, address: string) =>
      other.request('/v1/ingest', {
        key: credential,
        body: EVENT,
        headers: { 'x-forwarded-for': `6.6.6.6, ${address}` },
      });
    const statuses = [];
    for (let count = 0; count < 21; count++) statuses.push((await ask('wrong', '1.1.1.1')).status);
    const limited = await ask('wrong', '1.1.1.1');
    const meanwhile = [await ask(key, '1.1.1.1'), await ask('wrong', '2.2.2.2')];
    now += 60_000;
    const later = await ask('wrong', '1.1.1.1');
    await other.stop();

    expect(statuses).toEqual([...Array(20).fill(401), 429]);
    expect([limited.body.type, limited.headers.get('retry-after')]).toEqual([
      'urn:fleet-telemetry:problem:rate-limited',
      '60',
    ]);
    expect(meanwhile.map(({ status }) => status)).toEqual([200, 401]);
    expect(later.status).toBe(401);
  });

  test('counts for the address of the connection where no proxy is trusted', async () => {
    const other = await startTestServer({ STORE: 'memory' }, { now: () => now });
    const statuses = [];
    for (let count = 0; count < 21; count++) {
      const headers = { 'x-forwarded-for': `1.1.1.${count}` };
      statuses.push((await other.request('/v1/trips', { key: 'wrong', headers })).status);
    }
    await other.stop();

    expect(statuses.at(-1)).toBe(429);
  });

  test.each([
    ['another scheme', 'Basic dGhlLXNlZWQta2V5'],
    ['no scheme', 'the-seed-key'],
    ['nothing behind the scheme', 'Bearer '],
    ['a part of a key', 'Bearer the-seed'],
    ['a key and more', 'Bearer the-seed-key x'],
    ['the digest of a key', `Bearer ${digestOf('the-seed-key')}`],
  ])('is %s', async (_what, authorization) => {
    const answer = await server.request('/v1/ingest', {
      key: '',
      body: EVENT,
      headers: { authorization, ...fromElsewhere() },
    });

    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  test('is not what Bearer is written like', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      const headers = { authorization: `${scheme} the-seed-key` };
      expect((await server.request('/v1/ingest', { key: '', body: EVENT, headers })).status).toBe(200);
    }
  });
});

describe('the file of KEYS_FILE', () => {
  test('is read again when it changes; one that makes no sense is told once and changes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
    const file = join(folder, 'keys.json');
    const entry = (key: string) => ({ name: 'mounted', vehicles: ['golf'], key });
    writeFileSync(file, JSON.stringify([entry('key-one')]));
    const other = await startTestServer(
      { STORE: 'memory', KEYS_FILE: file, TRUST_PROXY: 'loopback' },
      { now: () => now },
    );
    const first = await statusWith('key-one', other);
    writeFileSync(file, JSON.stringify([{ ...entry('key-two') }, { ...entry('key-three'), role: 'viewer' }]));
    await other.services.refresh();
    const two = await statusWith('key-two', other);
    const second = [two, await statusWith('key-one', other), await statusWith('key-three', other)];
    writeFileSync(file, '[{"name":');
    await other.services.refresh();
    const broken = await statusWith('key-two', other);
    rmSync(file);
    for (let times = 0; times < 3; times++) await other.services.refresh();
    const gone = await statusWith('key-two', other);
    await other.stop();
    rmSync(folder, { recursive: true });

    expect([first, second, broken, gone]).toEqual([200, [200, 401, 403], 200, 200]);
    expect(other.logged().match(/no JSON array/g)).toHaveLength(1);
    expect(other.logged().match(/ENOENT/g)).toHaveLength(1);
  });
});

describe('a link that shows something', () => {
  test('shows it until its end, and not once it was taken back', async () => {
    await statusWith('the-seed-key');
    const make = async () => (await server.request('/v1/shares', { body: { vehicle: 'golf', hours: 1 } })).body;
    const [one, other] = [await make(), await make()];
    const statusOf = async ({ url }: { url: string }) => {
      const { search } = new URL(url);
      return (await server.request(`/v1/trips${search}`, { key: '' })).status;
    };
    const first = [await statusOf(one), await statusOf(other)];
    await server.request(`/v1/shares/${one.share.id}`, { method: 'DELETE' });
    const second = [await statusOf(one), await statusOf(other)];
    now += 3_600_000;

    expect([first, second, await statusOf(other)]).toEqual([[200, 200], [401, 200], 401]);
    expect((await server.request('/v1/shares')).text).not.toContain(new URL(other.url).searchParams.get('share'));
  });

  test('is the only thing whose key may stand in an address', async () => {
    const device = (await server.request('/v1/devices', { body: { name: 'dongle', vehicles: ['golf'] } })).body;
    const viewer = (await server.request('/v1/devices', { body: { name: 'pc', vehicles: ['golf'], role: 'viewer' } }))
      .body;
    const statusOf = async (path: string, key: string, body?: unknown) =>
      (await server.request(`${path}?share=${key}`, { key: '', ...(body !== undefined && { body }) })).status;

    expect(await statusOf('/v1/trips', viewer.key)).toBe(401);
    expect(await statusOf('/v1/devices', server.admin)).toBe(401);
    expect(
      await statusOf('/v1/ingest', device.key, { vehicle_id: 'golf', ts: new Date().toISOString(), rpm: 900 }),
    ).toBe(401);
  });
});
