/** Clients that take their time: they are cut off, but not before, and not for the server's own slowness. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApp } from '../src/http/app.ts';
import { allRoutes } from '../src/http/routes.ts';
import { createHttpServer, type Patience } from '../src/http/server.ts';
import { partsOf, startTestServer, type TestServer } from './server.ts';
import { connected, head, WIRE_KEY } from './wire.ts';

/** Lines `{}` at most that fit into a body of 8 MiB. */
const MOST_LINES = 2_700_000;

let server: TestServer;
const others: Server[] = [];
beforeAll(async () => {
  server = await startTestServer({ API_KEY: WIRE_KEY });
});
afterAll(async () => {
  for (const other of others) other.close().closeAllConnections();
  await server.stop();
});

/** The address of a server beside the first, on the same store, that waits for as long as it is told to. */
async function listening(patience: Patience): Promise<string> {
  const { services } = server;
  const parts = { ...partsOf(services), routes: allRoutes(services) };
  const listener = createHttpServer({ ...parts, services, app: createApp(parts), patience });
  others.push(listener.listen(0, '127.0.0.1'));
  await once(listener, 'listening');
  return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

/** Sends a beginning, then a byte now and then until the server cuts it off; the milliseconds that took. */
async function drip(beginning: string, byte: string): Promise<number> {
  const { socket, closed } = await connected(
    await listening({ headersMs: 200, requestMs: 300, uploadMs: 1_200, lookEveryMs: 50 }),
  );
  const began = performance.now();
  socket.write(beginning);
  const timer = setInterval(() => socket.write(byte), 20);
  await closed;
  clearInterval(timer);
  return performance.now() - began;
}

describe('a slow client', () => {
  test.each([
    ['its headers', 'POST /v1/ingest HTTP/1.1\r\nHost: fleet\r\n', 'X-Slow: 1\r\n', 200],
    ['a body on the hot path', head(10_000), ' ', 300],
    ['a body on the general path', head(10_000).replace('application/json', 'application/x-ndjson'), ' ', 300],
    ['a body after the answer', head(10_000).replace(WIRE_KEY, 'wrong'), ' ', 300],
    [
      'a chunk, for which there is more time',
      head(10_000).replace('POST /v1/ingest', 'PUT /v1/trips/x/chunks/1'),
      ' ',
      1_200,
    ],
  ])('that takes too long for %s is cut off, not before', async (_what, beginning, byte, least) => {
    expect(await drip(beginning, byte)).toBeGreaterThanOrEqual(least - 50);
  });

  test('is not one whom the server keeps waiting', async () => {
    const headers = { 'content-type': 'application/x-ndjson', authorization: `Bearer ${WIRE_KEY}` };
    const url = await listening({ headersMs: 5_000, requestMs: 100, uploadMs: 60_000, lookEveryMs: 20 });
    let tookMs = 0;
    // As many lines as keep the server busy for longer than a client may take, however quick it is.
    for (let count = 100_000; tookMs <= 200 && count <= MOST_LINES; count *= 2) {
      const began = performance.now();
      const answer = await fetch(`${url}/v1/ingest`, { method: 'POST', headers, body: '{}\n'.repeat(count) });

      expect(answer.status).toBe(422);
      expect((await answer.json()) as object).toMatchObject({ rejected_count: count });
      tookMs = performance.now() - began;
    }
    expect(tookMs).toBeGreaterThan(200);
  }, 20_000);
});
