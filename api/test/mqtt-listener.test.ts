/** Connections to the broker inside: over TLS, and those on which nobody reads. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '@fleet/testkit';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { generate } from 'mqtt-packet';
import { FailedTries } from '../src/access/failed-tries.ts';
import { EmbeddedBroker } from '../src/mqtt/embedded/embedded-broker.ts';
import { Gate } from '../src/mqtt/embedded/gate.ts';
import { Reception } from '../src/mqtt/embedded/reception.ts';
import type { MessageTaker } from '../src/mqtt/message-taker.ts';
import { connectTo, type TestClient } from './mqtt.ts';
import { startTestServer, type TestServer, until } from './server.ts';

let folder: string;
let server: TestServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-listener-'));
});
afterEach(async () => {
  jest.useRealTimers();
  await server?.stop();
  server = undefined;
  rmSync(folder, { recursive: true });
});

test('over TLS, with a certificate; without TLS nobody is understood', async () => {
  makeCertificate(folder);
  const files = { MQTT_TLS_CERT_FILE: join(folder, 'server.crt'), MQTT_TLS_KEY_FILE: join(folder, 'server.key') };
  server = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0', ...files });
  const key = await server.key('golf');
  const ca = readFileSync(files.MQTT_TLS_CERT_FILE);
  const client = await connectTo(server.mqttPort, key, { protocol: 'mqtts', ca });
  await client.publish('telemetry/golf', { ts: new Date().toISOString(), rpm: 900 });
  await client.end();

  expect((await server.services.store.size()).events).toBe(1);
  await expect(connectTo(server.mqttPort, key, { protocol: 'mqtts' })).rejects.toThrow(/self-signed certificate/);
  await expect(connectTo(server.mqttPort, key)).rejects.toThrow();
});

test('a certificate that is renewed in its file is used within the hour; a file that is broken changes nothing', async () => {
  makeCertificate(folder);
  const [certFile, keyFile] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  server = await startTestServer();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask'] });
  const errors: Error[] = [];
  const broker = await startBroker(server, { tls: { certFile, keyFile }, onError: (error) => errors.push(error) });
  const key = await server.key('golf');
  const visit = async (ca: Buffer) => (await connectTo(broker.port, key, { protocol: 'mqtts', ca })).end();
  const first = readFileSync(certFile);
  await visit(first);

  makeCertificate(folder);
  const second = readFileSync(certFile);
  jest.advanceTimersByTime(60 * 60_000);
  await visit(second);
  await expect(visit(first)).rejects.toThrow(/self-signed certificate/);

  rmSync(keyFile);
  jest.advanceTimersByTime(60 * 60_000);
  expect(errors).toMatchObject([{ code: 'ENOENT' }]);
  await visit(second);
  await broker.stop();
});

test('a client that reads nothing of what it asked for holds nobody else up', async () => {
  server = await startTestServer();
  const key = await server.key('golf');
  const broker = await startBroker(server);
  const reader = await connectTo(broker.port, key);
  await reader.subscribe('stored/golf');
  const frozen = connectSocket(broker.port, '127.0.0.1').pause();
  const introduction = { cmd: 'connect', clientId: 'frozen', clean: true, keepalive: 0 } as const;
  frozen.write(generate({ ...introduction, username: 'anybody', password: Buffer.from(key) }));
  frozen.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'stored/golf', qos: 1 }] }));
  await until(
    () => broker.clients,
    (clients) => clients === 2,
  );

  // Far more than the system keeps for a socket, in far more messages than aedes hands on at once by default.
  const large = 'x'.repeat(64 * 1_024);
  const told = Array.from({ length: 400 }, () => broker.publish('stored/golf', large));
  await hears(reader, 400);
  // Nobody reads these: with a queue they would wait in it, and empty it all at once.
  const unheard = Array.from({ length: 20_000 }, () => broker.publish('state/golf', ''));
  await Promise.all(unheard);

  const closed = once(frozen, 'close');
  frozen.destroy();
  await closed;
  await Promise.all(told);
  await broker.publish('stored/golf', 'afterwards');
  await hears(reader, 401);
  await reader.end();
  await broker.stop();
}, 90_000);

function hears({ received }: TestClient, count: number): Promise<number> {
  return until(
    () => received.length,
    (length) => length >= count,
    30_000,
  );
}

/** The broker as the server has it, in a place of its own; nobody publishes there. */
function startBroker(
  { services }: TestServer,
  more: Partial<Parameters<typeof EmbeddedBroker.start>[0]> = {},
): Promise<EmbeddedBroker> {
  const { directory, now } = services;
  const prefix = 'homeassistant';
  const reception = new Reception({
    gate: new Gate({ directory, failedTries: new FailedTries(now), onSeen: () => {}, prefix }),
    taker: {} as MessageTaker,
    appTopics: [],
    prefix,
    onRefused: () => {},
  });
  return EmbeddedBroker.start({ host: '127.0.0.1', port: 0, tls: null, reception, onError: () => {}, ...more });
}
