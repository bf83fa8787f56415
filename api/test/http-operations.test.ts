/** For whoever runs it: whether it is alive and ready, what it counts, what it logs, and how it ends. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OWNER } from '../src/access/tokens.ts';
import { StoreUnavailableError } from '../src/ports.ts';
import { BUILT_AT, VERSION } from '../src/version.ts';
import { startTestServer, type TestServer, until } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

function event(vehicle_id: string, more: object = {}) {
  return { vehicle_id, ts: new Date().toISOString(), rpm: 900, ...more };
}

async function ready(of: TestServer = server): Promise<[number, string | undefined]> {
  const { status, body } = await of.request('/readyz', { key: '' });
  return [status, body.detail];
}

describe('readiness', () => {
  test('is given where events can be stored, and life anyway', async () => {
    expect(await ready()).toEqual([200, undefined]);
    expect((await server.request('/healthz', { key: '' })).body).toEqual({ status: 'ok' });
  });

  test('is not given before the day that the program was built: the clock was never set', async () => {
    let now = BUILT_AT - 1;
    const early = await startTestServer({ STORE: 'memory' }, { now: () => now, builtAt: BUILT_AT });
    const before = await ready(early);
    now = BUILT_AT;
    const after = await ready(early);
    await early.stop();

    expect([before, after]).toEqual([
      [503, expect.stringMatching(/clock/)],
      [200, undefined],
    ]);
  });

  test('is not given while nothing can be stored, and comes back by itself', async () => {
    const other = await startTestServer({ STORE: 'memory' });
    const { store, readiness } = other.services;
    const [write, probe] = [store.write.bind(store), store.probe.bind(store)];
    const fail = async () => {
      throw new StoreUnavailableError('the disk is full');
    };
    store.write = fail;
    store.probe = fail;
    readiness.storeFailed('the disk is full');
    const refused = await other.ingest(event('golf'));
    const during = await ready(other);
    store.write = write;
    store.probe = probe;
    await until(
      () => ready(other),
      ([status]) => status === 200,
    );
    const after = await other.ingest(event('golf'));
    await other.stop();

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect(refused.body.type).toBe('urn:fleet-telemetry:problem:store-unavailable');
    expect(`${refused.body.title} ${refused.body.detail}`).toMatch(/can not be used.*nothing was stored or read/);
    expect(during).toEqual([503, 'the disk is full']);
    expect(after.status).toBe(200);
  });
});

describe('the metrics', () => {
  /** The value of each series. */
  async function read(of: TestServer = server): Promise<Map<string, number>> {
    const { text } = await of.request('/metrics');
    const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const values = series.map((line) => /^([a-z0-9_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? []);
    expect(values.filter(([, name]) => name === undefined)).toEqual([]);
    expect(new Set(values.map(([, name]) => name)).size).toBe(series.length);
    return new Map(values.map(([, name = '', value]) => [name, Number(value)]));
  }

  function requests(method: string, route: string, status: number): string {
    return `fleet_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`;
  }

  test('count events by what became of them, and requests by route and status', async () => {
    const golf = event('counted', { trip_id: crypto.randomUUID(), seq: 1 });
    const before = await read();
    await server.ingest(golf);
    await server.ingest(golf);
    await server.ingest({ ...golf, ts: new Date(Date.now() - 1_000).toISOString() });
    await server.ingest({ ...golf, rpm: 901 });
    await server.ingest([{ ...golf, rpm: null }, event('counted')]);
    await server.request('/v1/ingest?x=1', { body: golf });
    await server.request('/v1/ingest', { body: golf, headers: { 'content-type': 'application/json; charset=utf-8' } });
    await server.request('/ingest', { body: golf });
    await server.request('/v1/ingest', { key: 'wrong', body: golf });
    await server.request('/v1/trips?limit=0');
    const after = await read();

    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const outcomes = ['stored', 'duplicate', 'seq-conflict', 'invalid-event'];
    expect(outcomes.map((outcome) => grown(`fleet_events_total{outcome="${outcome}"}`))).toEqual([2, 5, 1, 1]);
    expect(grown('fleet_differing_signals_total')).toBe(1);
    expect([
      grown(requests('post', '/v1/ingest (one)', 200)),
      grown(requests('post', '/v1/ingest (one)', 409)),
      grown(requests('post', '/v1/ingest (one)', 401)),
      grown(requests('post', '/v1/ingest', 200)),
      grown(requests('post', '/ingest (one)', 200)),
      grown(requests('get', '/v1/trips', 400)),
    ]).toEqual([4, 1, 1, 2, 1, 1]);
    expect(after.get('fleet_stored_events')).toBeGreaterThanOrEqual(2);
    expect(after.get('fleet_store_bytes')).toBeGreaterThan(0);
    expect(after.get('fleet_ready')).toBe(1);
    expect(after.get('fleet_retention_seconds')).toBe(0);
  });

  test('have buckets that grow up to the count', async () => {
    await server.request('/v1/trips');
    const values = await read();
    const name = requests('get', '/v1/trips', 200);
    const bounds = ['0.001', '0.005', '0.025', '0.1', '0.5', '2', '10', '+Inf'].map(
      (bound) => values.get(name.replace('_count', '_bucket').replace('}', `,le="${bound}"}`)) ?? Number.NaN,
    );

    expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
    expect(bounds.at(-1)).toBe(values.get(name));
  });

  test('say nothing of vehicles, trips and keys', async () => {
    const vehicle = 'WAUZZZFY0R1234567';
    const { body } = await server.ingest({ vin: vehicle, ts: new Date().toISOString(), rpm: 900 });
    for (const path of [`/v1/trips/${body.trip_id}`, `/v1/vehicles/${vehicle}/latest`, `/v1/vehicles/${vehicle}/x`]) {
      await server.request(path);
    }
    const { text, headers } = await server.request('/metrics');

    expect(headers.get('content-type')).toMatch(/^text\/plain; version=/);
    for (const secret of [vehicle, body.trip_id, ...server.secrets]) expect(text).not.toContain(secret);
  });
});

describe('the system page', () => {
  test('says how much there is', async () => {
    await server.ingest(event('page'));
    const { body } = await server.request('/v1/system');

    expect(body).toMatchObject({ version: VERSION, retention_s: null, backup: null });
    expect(body.stored_events).toBeGreaterThan(0);
    expect(body.store_bytes).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(body.now) - Date.now())).toBeLessThan(5_000);
    expect(Date.parse(body.newest_ts)).toBeLessThanOrEqual(Date.now());
  });
});

describe('the log', () => {
  test('shows no key of any kind, whatever happens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
    const file = join(folder, 'keys.json');
    writeFileSync(file, JSON.stringify([{ name: 'mounted', vehicles: '*', key: 'the-mounted-key' }]));
    const other = await startTestServer({ API_KEY: 'the-seed-key', KEYS_FILE: file, STORE: 'memory' });
    const device = await other.request('/v1/devices', { body: { name: 'dongle', vehicles: '*' } });
    const share = await other.request('/v1/shares', { body: { vehicle: 'golf' } });
    const link = other.services.signIn.invite(OWNER);
    const session = await other.request('/v1/session', { key: '', body: { token: link } });
    const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
    const shared = new URL(share.body.url).searchParams.get('share') ?? '';
    const keys = [other.admin, 'the-seed-key', 'the-mounted-key', device.body.key, 'a-wrong-key', ...other.secrets];
    other.services.store.trips = async () => {
      throw new Error('something nobody thought of');
    };
    for (const key of keys) {
      await other.request('/v1/ingest', { key, body: event('golf') });
      await other.request('/v1/ingest', { key, body: '{' });
      await other.request('/v1/trips', { key });
      await other.request(`/v1/trips?share=${key}`, { key: '' });
    }
    await other.request(`/v1/trips?share=${shared}`, { key: '' });
    await other.request('/v1/trips', { key: '', headers: { cookie } });
    await other.request(`/signin?token=${link}`, { key: '' });
    writeFileSync(file, '[{"name":"mounted","vehicles":"*","key":"the-mounted-key","expires_at":"the-mounted-key"}]');
    await other.services.refresh();
    await other.stop();
    rmSync(folder, { recursive: true });

    const log = other.logged();
    expect(log).toContain('something nobody thought of');
    expect(log).toContain('entry 1 has an expires_at');
    expect([...keys, shared, link, cookie.split('=')[1] ?? ''].filter((secret) => log.includes(secret))).toEqual([]);
  });

  test('has nothing of ordinary requests: they are counted', async () => {
    const before = server.logged();
    await server.ingest(event('quiet'));
    await server.ingest({});
    await server.request('/v1/trips', { key: 'wrong' });
    await server.request('/nothing');

    expect(server.logged()).toBe(before);
  });
});

describe('the end', () => {
  test('waits for a request that is under way, and for nothing else', async () => {
    const other = await startTestServer({ API_KEY: 'the-seed-key' });
    const agent = new Agent({ keepAlive: true });
    const headers = {
      authorization: 'Bearer the-seed-key',
      'content-type': 'application/json',
      expect: '100-continue',
    };
    await other.request('/healthz');
    const req = request(`${other.url}/v1/ingest`, { method: 'POST', headers, agent });
    const body = JSON.stringify(event('last'));
    // The server has begun with it.
    await once(req, 'continue');
    req.write(body.slice(0, 10));
    await other.request('/metrics');
    const began = performance.now();
    const stopped = other.stop();
    await until(
      () => other.services.draining.aborted,
      (aborted) => aborted,
    );
    const refused = await new Promise((resolve) => {
      const late = connect(Number(new URL(other.url).port), '127.0.0.1', () => resolve('taken'));
      late.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    req.end(body.slice(10));
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    await once(res.resume(), 'end');
    await stopped;

    expect([res.statusCode, refused]).toEqual([200, 'ECONNREFUSED']);
    expect(performance.now() - began).toBeLessThan(4_000);
    agent.destroy();
  });

  test('is told to whoever still asks over a connection that is open', async () => {
    const other = await startTestServer({ STORE: 'memory' });
    other.services.readiness.drain();
    const { status, body } = await other.request('/readyz');
    await other.stop();

    expect([status, body.type]).toEqual([503, 'urn:fleet-telemetry:problem:shutting-down']);
  });

  test('of the store ends what waits for it with a refusal', async () => {
    const other = await startTestServer();
    await other.services.store.close();
    const answer = await other.ingest(event('late'));

    expect([answer.status, answer.body.type]).toEqual([503, 'urn:fleet-telemetry:problem:store-unavailable']);
    await other.stop().catch(() => {});
  });
});
