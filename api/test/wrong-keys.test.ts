/** Whoever tries keys is held up, and nobody else. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const NOON = Date.parse('2026-05-01T12:00:00Z');
let now = NOON;
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({}, { now: () => now });
});

afterAll(() => server.stop());

test('wrong keys are held up for as long as Retry-After says, good ones never', async () => {
  const tryWrongKey = () => server.request('/v1/vehicles', { key: 'wrong' });
  const tries = [];
  for (let count = 0; count < 20; count++) tries.push((await tryWrongKey()).status);
  now = NOON + 15_000;
  const heldUp = await tryWrongKey();

  expect(new Set(tries)).toEqual(new Set([401]));
  expect([heldUp.status, heldUp.headers.get('retry-after')]).toEqual([429, '45']);
  expect(heldUp.body).toEqual({
    type: 'urn:fleet-telemetry:problem:rate-limited',
    title: 'Too many tries',
    status: 429,
    detail: 'too many wrong keys: wait 45 s',
  });
  expect((await server.request('/v1/vehicles')).status).toBe(200);

  now = NOON + 60_000;
  expect((await tryWrongKey()).status).toBe(401);
});
