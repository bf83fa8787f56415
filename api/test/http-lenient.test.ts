/** Addresses with letters beyond ASCII, as bytes: what is read again is under the same rules as everything else. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTestServer, type TestServer, until } from './server.ts';
import { connected } from './wire.ts';

const HOST = 'Host: fleet\r\n';
/** When the drive began: so lately that its events are taken. */
const SESSION = Date.now() - 60_000;

let server: TestServer;
let key: string;
beforeEach(async () => {
  server = await startTestServer({ API_KEY: 'all' });
  key = await server.key('golf');
});
afterEach(() => server.stop());

function torque(more: string): string {
  return `GET /i/torque/${key}?session=${SESSION}&id=8a10&time=${SESSION + 58_000}&kd=51${more} HTTP/1.1\r\n${HOST}`;
}

async function liveClients(): Promise<number> {
  const { text } = await server.request('/metrics');
  return Number(/^fleet_live_clients (\d+)$/m.exec(text)?.[1]);
}

test('a body is no request, whatever is in it and however long it gets', async () => {
  const hidden = `${torque('').length % 2 === 0 ? torque('') : torque('&')}\r\n`;
  // If these bytes were written as those of the address are, each would be three, and what is hidden behind the end.
  const body = Buffer.concat([Buffer.alloc(hidden.length / 2, 0xff), Buffer.from(hidden)]);
  const { socket, received, closed } = await connected(server.url);
  const head = `GET /healthz?x=° HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n`;
  socket.write(Buffer.concat([Buffer.from(head), body]));
  await closed;

  expect(received()).toMatch(/^HTTP\/1.1 200 OK/);
  // Nothing that came before this could be on its way any more.
  await server.ingest({ vehicle_id: 'golf', ts: new Date().toISOString(), rpm: 900 });
  expect((await server.services.store.size()).events).toBe(1);
});

test('a request that was answered is not served again for another that came with it', async () => {
  const { socket, received, closed } = await connected(server.url);
  socket.write(`GET /healthz HTTP/1.1\r\n${HOST}\r\n${torque('&x=°')}\r\n`);
  await closed;

  expect(received().match(/HTTP\/1.1 200/g) ?? []).toHaveLength(1);
});

test('whoever goes away is gone', async () => {
  const { socket, received } = await connected(server.url);
  socket.write(`GET /v1/live?x=° HTTP/1.1\r\n${HOST}Authorization: Bearer ${server.admin}\r\n\r\n`);
  await until(liveClients, (count) => count === 1);
  socket.destroy();

  await until(liveClients, (count) => count === 0);
  expect(received()).toMatch(/^HTTP\/1.1 200/);
});

test('whoever sends more than is read is cut off', async () => {
  const { socket, closed } = await connected(server.url);
  const head = `GET /v1/live?x=° HTTP/1.1\r\n${HOST}Authorization: Bearer ${server.admin}\r\n`;
  socket.write(`${head}Content-Length: 1000000000\r\n\r\n`);
  await until(liveClients, (count) => count === 1);
  const flood = setInterval(() => socket.write(Buffer.alloc(64 * 1_024)), 1);
  await closed;
  clearInterval(flood);

  expect(socket.bytesWritten).toBeLessThan(8 * 2 ** 20);
  await until(liveClients, (count) => count === 0);
});
