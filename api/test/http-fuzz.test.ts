/** Whatever is sent: never a failure of the server, always an answer that says what is wrong, and nobody else is harmed. */
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allRoutes } from '../src/http/routes.ts';
import type { Services } from '../src/services.ts';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const SHA256 = '0'.repeat(64);

let server: TestServer;
let deviceKey: string;
beforeAll(async () => {
  server = await startTestServer({}, { now: () => NOW });
  deviceKey = await server.key();
  const event = { vehicle_id: 'golf', ts: '2025-11-04T11:00:00Z', lat: 47, lon: 8 };
  await server.ingest([
    event,
    { ...event, trip_id: TRIP, seq: 1 },
    { ...event, vehicle_id: 'polo', trip_id: TRIP, seq: 1 },
  ]);
  await server.request('/v1/trips', { body: { vehicle_id: 'golf', trip_id: TRIP } });
});
afterAll(() => server.stop());

interface Request {
  /** Whose key is sent: a good one, or just this text. */
  readonly credential: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Sends just these bytes. A stream of server-sent events is left as soon as it has begun. */
function ask({ method, path, credential, headers, body }: Request): Promise<Answer> {
  const keys: Readonly<Record<string, string>> = { admin: server.admin, device: deviceKey };
  const authorization = Object.hasOwn(keys, credential) ? `Bearer ${keys[credential]}` : credential;
  return new Promise((resolve, reject) => {
    const req = request(
      server.url + path,
      { method, headers: { authorization, ...headers, 'content-length': body.length } },
      (res) => {
        const chunks: Buffer[] = [];
        const type = res.headers['content-type'] ?? '';
        const done = () => resolve({ status: res.statusCode ?? 0, type, text: Buffer.concat(chunks).toString() });
        res.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (type === 'text/event-stream') req.destroy();
        });
        res.on('error', () => {});
        res.on('close', done);
      },
    );
    req.on('error', reject).end(body);
  });
}

/** What every answer must be: no failure, and where it is a refusal, a problem document of the same status. */
function check({ method }: Request, { status, type, text }: Answer): void {
  if (status !== 503) expect(status).toBeLessThan(500);
  if (status < 400 || method === 'HEAD') return;
  expect(type).toBe('application/problem+json');
  expect(JSON.parse(text)).toMatchObject({
    type: expect.stringMatching(/^urn:fleet-telemetry:problem:[a-z-]+$/),
    title: expect.any(String),
    status,
    detail: expect.any(String),
  });
}

const SAMPLES: readonly unknown[] = [
  {
    vehicle_id: 'golf',
    ts: '2025-11-04T12:00:00Z',
    trip_id: TRIP,
    seq: 2,
    lat: 47,
    lon: 8,
    speed_kph: 50,
    dtcs: ['P0301'],
  },
  [{ vin: 'WAUZZZFY0R1234567', ts: '2025-11-04T12:00:00Z', rpm: 900 }, 7],
  { vin: 'WAUZZZFY0R1234567', trip_id: TRIP, started_at: '2025-11-04T11:00:00Z', meta: { app: 1 } },
  {
    vehicle_id: 'golf',
    trip_id: TRIP,
    started_at: '2025-11-04T11:00:00Z',
    event_count: 1,
    chunks: [{ no: 1, first_seq: 1, last_seq: 1, size_bytes: 9, sha256: SHA256 }],
  },
  { name: 'dongle', vehicles: ['golf'], role: 'device', expires_at: '2025-12-01T00:00:00Z' },
  { name: 'Anna', role: 'viewer', vehicles: '*' },
  { vehicle: 'golf', trip_id: TRIP, hours: 1, label: 'x' },
  { name: 'Golf', aliases: ['mk4'] },
  { name: 'To work', note: 'rain' },
  { at: '2025-11-04T11:30:00Z' },
  { with: TRIP },
  { token: 'a.b' },
];

const anything = fc.oneof(
  fc.constantFrom(...SAMPLES),
  fc.jsonValue({ maxDepth: 4 }),
  fc
    .tuple(fc.constantFrom(...SAMPLES), fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 })))
    .map(([sample, changes]) => ({ ...(sample as object), ...changes })),
);

/** Bytes with others in the place of some. */
function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc.tuple(bytes, fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 12 })).map(([whole, place, left, put]) => {
    const at = whole.length === 0 ? 0 : place % whole.length;
    return Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + left)]);
  });
}

const json = anything.map((value) => Buffer.from(JSON.stringify(value)));
const lines = fc
  .array(json, { maxLength: 4 })
  .map((all) => Buffer.concat(all.flatMap((line) => [line, Buffer.from('\n')])));
const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all));
const plain = fc.oneof(json, lines, bytes, damaged(json), fc.constant(Buffer.alloc(0)));
const packed = plain.map((body) => gzipSync(body));
const body = fc.oneof(plain, packed, damaged(packed));

const printable = fc.string({
  unit: fc.constantFrom(...Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at))),
  maxLength: 30,
});
const type = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'application/x-ndjson',
    'application/x-ndjson+gzip',
    'application/x-www-form-urlencoded',
  ),
  printable,
);
const cookie = printable.map((value) => `fleet_session=${value}`);
const headers = fc
  .record(
    {
      'content-type': type,
      'content-encoding': fc.oneof(fc.constantFrom('gzip', 'identity', 'br', ''), printable),
      accept: fc.oneof(fc.constantFrom('text/csv', 'application/gpx+xml;q=0.5, */*;q=0.1', 'image/png', ''), printable),
      cookie: fc.oneof(cookie, printable),
      'idempotency-key': fc.oneof(fc.constant(`${TRIP}:1`), printable),
      'x-chunk-sha256': fc.oneof(fc.constant(SHA256), printable),
      'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin'),
      'x-forwarded-for': printable,
      range: fc.constantFrom('bytes=0-1', 'bytes=99999999-', 'bytes=x'),
      'if-match': printable,
      expect: fc.constantFrom('100-continue'),
    },
    { requiredKeys: [] },
  )
  .map((some) => Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)));

/** Mostly a good key, so that requests come further. */
const credential = fc.oneof(
  { weight: 6, arbitrary: fc.constant('admin') },
  { weight: 3, arbitrary: fc.constant('device') },
  { weight: 1, arbitrary: printable },
);

const parameter = fc.oneof(
  fc.constantFrom(
    'golf',
    'polo',
    TRIP,
    TRIP.toUpperCase(),
    '1',
    '0',
    '%00',
    '%',
    '%2e%2e',
    '%F0%9F%9A%97',
    '__proto__',
    'constructor',
  ),
  printable.map((text) => encodeURIComponent(text)),
);
const value = fc.oneof(
  fc.constantFrom(
    'golf',
    TRIP,
    '2025-11-04T11:00:00Z',
    '2025-02-31T00:00:00Z',
    '0',
    '-1',
    '2',
    '1e9',
    '1m',
    '1d',
    'rpm',
    'rpm,lat',
    'W10',
    '%',
    '%ff',
    '',
  ),
  printable.map((text) => encodeURIComponent(text)),
);
const name = fc.constantFrom(
  'vehicle',
  'from',
  'to',
  'limit',
  'cursor',
  'fields',
  'max_points',
  'signal',
  'step',
  'share',
  'device',
  'token',
  'x',
);
/** A place in a list as clients send it back, or nearly. */
const cursor = fc
  .tuple(fc.oneof(fc.double(), fc.maxSafeInteger()), fc.string(), fc.oneof(fc.constant(TRIP), fc.string()))
  .map((place) => `cursor=${Buffer.from(JSON.stringify(place)).toString('base64url')}`);
const query = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.tuple(name, value).map((pair) => pair.join('=')) },
      { weight: 1, arbitrary: cursor },
    ),
    {
      maxLength: 4,
    },
  )
  .map((all) => all.join('&'));

function requests(path: fc.Arbitrary<string>, method: fc.Arbitrary<string>): fc.Arbitrary<Request> {
  return fc.record({ path, method, query, headers, credential, body }).map((made) => ({
    ...made,
    path: made.query === '' ? made.path : `${made.path}?${made.query}`,
    body: made.method === 'GET' || made.method === 'HEAD' ? Buffer.alloc(0) : made.body,
  }));
}

/** Only the paths are wanted; making the table does nothing. */
const ROUTES = allRoutes({} as Services);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

async function holds(made: fc.Arbitrary<Request>, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(made, async (asked) => {
      check(asked, await ask(asked));
    }),
    { numRuns, interruptAfterTimeLimit: 20_000 },
  );
}

/** After all that: nothing failed, and a good event is taken and found. */
async function isWell(): Promise<void> {
  expect(server.logged()).not.toMatch(/request failed|could not be stored|TypeError/);
  const { status, body: stored } = await server.ingest({ vehicle_id: 'last', ts: '2025-11-04T12:00:00Z', rpm: 900 });
  expect(status).toBe(200);
  expect((await server.request(`/v1/trips/${stored.trip_id}`)).status).toBe(200);
}

describe('a random request', () => {
  test('to ingest is stored or refused in words', async () => {
    await holds(requests(fc.constantFrom('/v1/ingest', '/ingest'), fc.constant('POST')), 500);
    await isWell();
  }, 30_000);

  test.each(ROUTES.map(({ method, path }) => [method.toUpperCase(), path] as const))('%s %s', async (method, path) => {
    const names = path.split(/\{\w+\}/);
    const filled = fc
      .array(parameter, { minLength: names.length - 1, maxLength: names.length - 1 })
      .map((parameters) => names.map((part, at) => part + (parameters[at] ?? '')).join(''));
    await holds(requests(filled, fc.constant(method)), 15);
  });

  test('to any address, by any method', async () => {
    const known = fc.constantFrom(
      ...ROUTES.map(({ path }) => path.replaceAll(/\{\w+\}/g, TRIP)),
      '/',
      '/docs',
      '/docs/swagger/',
      '/openapi.json',
      '/signin',
    );
    const anywhere = fc.oneof(
      known,
      parameter.map((text) => `/${text}`),
      fc.tuple(known, parameter).map((parts) => parts.join('/')),
    );
    await holds(requests(anywhere, fc.constantFrom(...METHODS)), 300);
    await isWell();
  }, 30_000);
});
