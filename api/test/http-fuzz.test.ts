/** Whatever is sent: never a failure of the server, always an answer that says what is wrong, and nobody else is harmed. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allRoutes } from '../src/http/routes.ts';
import type { Services } from '../src/services.ts';
import { parameter, type RandomRequest, randomRequests, TRIP } from './random-requests.ts';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);

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

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Sends just these bytes. A stream of server-sent events is left as soon as it has begun. */
function ask({ method, path, credential, headers, body }: RandomRequest): Promise<Answer> {
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
function check({ method }: RandomRequest, { status, type, text }: Answer): void {
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

/** Only the paths are wanted; making the table does nothing. */
const ROUTES = allRoutes({} as Services);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

async function holds(made: fc.Arbitrary<RandomRequest>, numRuns: number): Promise<void> {
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
    await holds(randomRequests(fc.constantFrom('/v1/ingest', '/ingest'), fc.constant('POST')), 500);
    await isWell();
  }, 30_000);

  test.each(ROUTES.map(({ method, path }) => [method.toUpperCase(), path] as const))('%s %s', async (method, path) => {
    const names = path.split(/\{\w+\}/);
    const filled = fc
      .array(parameter, { minLength: names.length - 1, maxLength: names.length - 1 })
      .map((parameters) => names.map((part, at) => part + (parameters[at] ?? '')).join(''));
    await holds(randomRequests(filled, fc.constant(method)), 15);
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
    await holds(randomRequests(anywhere, fc.constantFrom(...METHODS)), 300);
    await isWell();
  }, 30_000);
});
