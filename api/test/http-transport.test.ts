/** What goes over the wire as bytes: bombs, broken clients, pipelines, kept connections. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer, until } from './server.ts';
import { connected, head, WIRE_KEY, whole } from './wire.ts';

const NOW = Date.UTC(2025, 10, 4, 12);

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ API_KEY: WIRE_KEY }, { now: () => NOW });
});
afterAll(() => server.stop());

function eventText(seconds: number, vehicle = 'golf'): string {
  return JSON.stringify({ vehicle_id: vehicle, ts: new Date(NOW + seconds * 1_000).toISOString(), rpm: 900 });
}

/** The statuses of the answers in what was received. */
function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}

async function eventCount(vehicle: string): Promise<number> {
  const { trips } = (await server.request(`/v1/trips?vehicle=${vehicle}`)).body;
  return trips.reduce((sum: number, { event_count }: { event_count: number }) => sum + event_count, 0);
}

describe('a gzip bomb', () => {
  const zeros = Buffer.alloc(64 * 2 ** 20);
  test.each<[string, number, Record<string, string>, Buffer]>([
    ['as JSON', 413, { 'content-type': 'application/json' }, gzipSync(zeros.subarray(0, 16 * 2 ** 20))],
    ['as NDJSON', 413, { 'content-type': 'application/x-ndjson' }, gzipSync(zeros)],
    ['as lines', 413, { 'content-type': 'application/x-ndjson' }, gzipSync(Buffer.alloc(64 * 2 ** 20, '\n'))],
    [
      'of two members',
      413,
      { 'content-type': 'application/x-ndjson' },
      Buffer.concat([gzipSync(zeros), gzipSync(zeros)]),
    ],
  ])('%s is refused before it has grown', async (_what, status, headers, body) => {
    const began = performance.now();
    const before = process.memoryUsage().rss;
    const answer = await server.request('/v1/ingest', { headers: { ...headers, 'content-encoding': 'gzip' }, body });

    expect([answer.status, answer.body.type]).toEqual([status, 'urn:fleet-telemetry:problem:payload-too-large']);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 2 ** 20);
  });
});

test.each([
  ['of JSON', head(2 ** 40)],
  ['of NDJSON', head(2 ** 40).replace('application/json', 'application/x-ndjson')],
  ['of an app', head(2 ** 40).replace('/v1/ingest', '/i/overland')],
])('a body %s that is announced as too large is refused before any of it comes', async (_what, beginning) => {
  const { socket, received } = await connected(server.url);
  socket.write(beginning);
  await until(received, (text) => statusesIn(text).includes(413) && text.includes('payload-too-large'));
  socket.destroy();
});

describe('a body', () => {
  test.each<[string, number, Record<string, string>, string | Buffer, RegExp]>([
    [
      'of too much JSON points to NDJSON',
      413,
      { 'content-type': 'application/json' },
      ' '.repeat(2 ** 18 + 1),
      /256 KiB.*application\/x-ndjson/,
    ],
    [
      'of too much NDJSON',
      413,
      { 'content-type': 'application/x-ndjson' },
      Buffer.alloc(8 * 2 ** 20 + 1, ' '),
      /8 MiB/,
    ],
    ['of text', 415, { 'content-type': 'text/plain' }, 'speed=50', /text\/plain/],
    ['of a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }, 'speed=50', /form/],
    ['packed in a way that is not understood', 415, { 'content-encoding': 'br' }, 'x', /br/],
    ['packed twice', 415, { 'content-encoding': 'gzip, gzip' }, 'x', /gzip, gzip/],
    ['that is no gzip', 400, { 'content-encoding': 'gzip' }, '{}', /no gzip/],
    ['whose gzip ends too early', 400, { 'content-encoding': 'gzip' }, gzipSync('{}').subarray(0, -3), /no gzip/],
    [
      'with bytes behind its gzip',
      400,
      { 'content-encoding': 'gzip' },
      Buffer.concat([gzipSync('{}'), Buffer.from('{}')]),
      /no gzip/,
    ],
  ])('%s', async (_what, status, headers, body, detail) => {
    const answer = await server.request('/v1/ingest', { headers, body });

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ status, detail: expect.stringMatching(detail) });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('of the largest size is taken', async () => {
    const text = eventText(0, 'padded').padEnd(2 ** 18);

    expect((await server.ingest(text)).status).toBe(200);
  });

  test('that is announced and waited for (Expect: 100-continue) is asked for and taken', async () => {
    const { socket, received } = await connected(server.url);
    const body = eventText(0, 'polite');
    socket.write(head(body.length, 'Expect: 100-continue\r\n'));
    await until(received, (text) => text.includes('100 Continue'));
    socket.write(body);

    expect(statusesIn(await until(received, (text) => text.includes('trip_id')))).toEqual([100, 200]);
    socket.destroy();
  });

  test('that expects of the server what nobody knows is taken all the same', async () => {
    const { socket, received } = await connected(server.url);
    const body = eventText(0, 'hopeful');
    socket.write(`${head(body.length, 'Expect: the-best\r\n')}${body}`);

    expect(statusesIn(await until(received, (text) => text.includes('\r\n\r\n')))).toEqual([200]);
    socket.destroy();
  });

  test('in pieces of one byte is taken', async () => {
    const { socket, received } = await connected(server.url);
    const body = eventText(0, 'drip');
    socket.setNoDelay(true).write(head(body.length));
    for (const byte of body) {
      socket.write(byte);
      await new Promise(setImmediate);
    }

    expect(statusesIn(await until(received, (text) => text.includes('trip_id')))).toEqual([200]);
    socket.destroy();
  });
});

describe('a client', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'application/x-ndjson'])(
    'that goes away in the middle of a body of %s has stored nothing',
    async (type) => {
      const body = eventText(0, 'half');
      const { socket, closed } = await connected(server.url);
      socket.write(head(body.length + 1).replace('application/json', type) + body);
      socket.end();
      await closed;

      expect((await server.ingest(eventText(0, 'alive'))).status).toBe(200);
      expect(await eventCount('half')).toBe(0);
    },
  );

  test('that goes away before its answer is no failure, and its event is there', async () => {
    const logged = server.logged();
    const { socket } = await connected(server.url);
    socket.write(whole(eventText(0, 'gone')));
    socket.destroySoon();

    await until(
      () => eventCount('gone'),
      (count) => count === 1,
    );
    expect(server.logged()).toBe(logged);
  });

  test('that sends many requests at once has an answer to each, in order', async () => {
    const { socket, received } = await connected(server.url);
    const events = Array.from({ length: 50 }, (_, index) => whole(index % 10 === 9 ? '{}' : eventText(index, 'pipe')));
    socket.write(events.join(''));
    const text = await until(received, (all) => statusesIn(all).length === 50);

    expect(statusesIn(text)).toEqual(events.map((_, index) => (index % 10 === 9 ? 422 : 200)));
    expect(await eventCount('pipe')).toBe(45);
    socket.destroy();
  });

  test('keeps its connection, also after a refusal', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused: boolean[] = [];
    for (const body of [
      eventText(0, 'kept'),
      '{}',
      'no JSON',
      eventText(1, 'kept'),
      ' '.repeat(300_000),
      eventText(2, 'kept'),
    ]) {
      const headers = { authorization: `Bearer ${WIRE_KEY}`, 'content-type': 'application/json' };
      const req = request(`${server.url}/v1/ingest`, { method: 'POST', agent, headers });
      req.end(body);
      const [res] = (await once(req, 'response')) as [IncomingMessage];
      await once(res.resume(), 'end');
      reused.push(req.reusedSocket);
    }
    agent.destroy();

    expect(reused).toEqual([false, true, true, true, true, true]);
  });

  test.each([
    ['no HTTP', 'HELO fleet\r\n\r\n', 400],
    [
      'headers that are too large',
      `GET /healthz HTTP/1.1\r\nHost: fleet\r\nX-Much: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
    ],
    ['two lengths', `${head(2).replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n')}{}`, 400],
    ['a length beside chunks', `${head(2, 'Transfer-Encoding: chunked\r\n')}{}`, 400],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ])('that sends %s is refused, and nobody else is harmed', async (_what, text, status) => {
    const { socket, received, closed } = await connected(server.url);
    socket.write(text);
    await closed;

    expect(statusesIn(received())).toEqual([status]);
    expect((await server.request('/healthz')).status).toBe(200);
  });
});
