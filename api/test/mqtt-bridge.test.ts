/** The subscriber to an existing broker, with a real Mosquitto. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mosquitto } from '@fleet/testkit';
import { afterEach, expect, jest, test } from '@jest/globals';
import { generate } from 'mqtt-packet';
import { StoreUnavailableError } from '../src/ports.ts';
import { describeWithMosquitto, settingsFor, USERS } from './mosquitto.ts';
import { connectTo, heard, receiptsOf, type TestClient } from './mqtt.ts';
import { startTestServer, type TestServer, type TestServerOptions, until } from './server.ts';

const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const PATIENCE_MS = 30_000;

let servers: TestServer[] = [];
let clients: TestClient[] = [];
const folders: string[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(servers.map((server) => server.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  [servers, clients] = [[], []];
});

async function startOn(broker: Mosquitto, more: Record<string, string> = {}, options: TestServerOptions = {}) {
  const settings = { ...settingsFor(broker), MQTT_CLIENT_ID: `fleet-${crypto.randomUUID()}`, ...more };
  const server = await startTestServer(settings, { now: () => NOW, ...options });
  servers.push(server);
  return server;
}

async function connectedServer(...given: Parameters<typeof startOn>): Promise<TestServer> {
  const server = await startOn(...given);
  await isConnected(server);
  return server;
}

function isConnected(server: TestServer, wanted = true) {
  return until(
    () => server.services.tallies.mqtt.isConnected() ?? false,
    (connected) => connected === wanted,
    PATIENCE_MS,
  );
}

async function connectAs(broker: Mosquitto, user: keyof typeof USERS, options = {}): Promise<TestClient> {
  const client = await connectTo(broker.port, USERS[user], { username: user, ...options });
  clients.push(client);
  return client;
}

/** Somebody who connects under a client id, and acknowledges nothing. */
async function takeOver(broker: Mosquitto, clientId: string): Promise<Socket> {
  const socket = connect(broker.port, '127.0.0.1');
  const [username, password] = ['fleet-api', Buffer.from(USERS['fleet-api'])];
  socket.write(generate({ cmd: 'connect', clientId, clean: false, keepalive: 0, username, password }));
  await once(socket, 'data');
  return socket;
}

function eventAt(seq: number, more: object = {}) {
  return { ts: new Date(NOW + (seq - 9_000) * 1_000).toISOString(), rpm: 900, trip_id: TRIP, seq, ...more };
}

/** The seqs that are stored of the trip, when there are so many. */
async function seqs(server: TestServer, vehicle: string, count: number): Promise<number[]> {
  const found = await until(
    async () => {
      const { body } = await server.request(`/v1/trips/${TRIP}/events.json?vehicle=${vehicle}`);
      return (body.events ?? []).map(({ seq }: { seq: number }) => seq) as number[];
    },
    (all) => all.length >= count,
    PATIENCE_MS,
  );
  return found.sort((a, b) => a - b);
}

/** The dead letters, when there is one: what was published behind it may be stored before. */
async function letters(server: TestServer): Promise<unknown[]> {
  return until(
    async () => (await server.request('/v1/dead-letters')).body.dead_letters as unknown[],
    (all) => all.length > 0,
    PATIENCE_MS,
  );
}

function seqsTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

describeWithMosquitto('a broker that is there already', (broker) => {
  test('hands on what devices publish; a receipt says that it is stored', async () => {
    const server = await connectedServer(broker());
    const device = await connectAs(broker(), 'golf');
    await device.subscribe('stored/golf');
    await device.publish(
      'telemetry/golf',
      seqsTo(3).map((seq) => eventAt(seq)),
    );
    await heard(device, 1);

    expect(receiptsOf(device, 'golf')).toEqual([{ trip_id: TRIP, seqs: [[1, 3]], rejected: [] }]);
    expect(await seqs(server, 'golf', 3)).toEqual([1, 2, 3]);
    const { body } = await server.request(`/v1/trips/${TRIP}/events?vehicle=golf`);
    expect(body.events[0]).toMatchObject({ source: 'mqtt golf' });
  });

  test('takes what was published while the server was away, in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-mqtt-'));
    folders.push(folder);
    const settings = { MQTT_CLIENT_ID: 'fleet-away' };
    await (await connectedServer(broker(), settings, { folder })).stop();
    servers = [];
    const device = await connectAs(broker(), 'golf');
    for (const seq of seqsTo(50)) await device.publish('telemetry/golf', eventAt(seq));
    const server = await connectedServer(broker(), settings, { folder });

    expect(await seqs(server, 'golf', 50)).toEqual(seqsTo(50));
  });

  test('is spoken to over TLS, with a certificate that is trusted', async () => {
    const tls = { MQTT_URL: `mqtts://127.0.0.1:${broker().tlsPort}` };
    const server = await connectedServer(broker(), { ...tls, MQTT_CA_FILE: broker().caFile });
    const device = await connectAs(broker(), 'golf');
    await device.publish('telemetry/golf', eventAt(1));
    expect(await seqs(server, 'golf', 1)).toEqual([1]);

    const wary = await startOn(broker(), tls);
    await until(
      () => wary.logged(),
      (log) => /self-signed certificate/.test(log),
    );
    expect(wary.services.tallies.mqtt.isConnected()).toBe(false);
  });

  test.each([
    ['a wrong password', { MQTT_PASSWORD: 'wrong' }, 'refuses user name and password'],
    ['a user who may not read', { MQTT_USERNAME: 'golf', MQTT_PASSWORD: USERS.golf }, ''],
    ['nothing at its address', { MQTT_URL: 'mqtt://127.0.0.1:1' }, 'ECONNREFUSED'],
  ])('%s does not end the server: it says so, and keeps at it', async (what, settings, words) => {
    const server = await startOn(broker(), settings);
    if (what === 'a user who may not read') {
      // Mosquitto grants every subscription, and hands nothing on.
      await isConnected(server);
      return;
    }
    await until(
      () => server.logged(),
      (log) => log.includes('mqtt: not connected') && log.includes(words),
    );
    expect((await server.request('/readyz', { key: '' })).status).toBe(200);
    expect((await server.request('/metrics')).text).toContain('fleet_mqtt_connected 0');
  });

  test("nobody publishes for another's vehicle: not by topic, not by payload, not by a retained message", async () => {
    const server = await connectedServer(broker());
    const device = await connectAs(broker(), 'golf');
    await device.subscribe('stored/golf');
    await device.publish('telemetry/polo', eventAt(1)).catch(() => {});
    await device.publish('telemetry/polo', eventAt(2), { retain: true }).catch(() => {});
    await device.publish('telemetry/golf', eventAt(3, { vehicle_id: 'polo' }));
    await device.publish('telemetry/golf', eventAt(4));
    await heard(device, 1);

    expect(await seqs(server, 'golf', 1)).toEqual([4]);
    expect((await server.request(`/v1/trips/${TRIP}?vehicle=polo`)).status).toBe(404);
    expect(await letters(server)).toMatchObject([{ device: 'mqtt golf', type: 'vehicle-not-allowed' }]);
    const again = await connectedServer(broker());
    await device.publish('telemetry/golf', eventAt(5));
    expect(await seqs(again, 'golf', 1)).toEqual([5]);
    expect((await again.request('/v1/vehicles')).body.vehicles).toHaveLength(1);
  });

  test('a poison message stops nothing', async () => {
    const server = await connectedServer(broker());
    const device = await connectAs(broker(), 'golf');
    for (const poison of ['', '{', '[[[[', '{"ts":1}', Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(100_000, 0x20)]) {
      await device.publish('telemetry/golf', poison);
    }
    await device.publish('telemetry/golf', eventAt(1));

    expect(await seqs(server, 'golf', 1)).toEqual([1]);
    await until(
      async () => (await server.request('/v1/dead-letters')).body.dead_letters.length,
      (count) => count === 6,
    );
  });

  test('while nothing can be stored nothing is acknowledged, and no more is held than fits', async () => {
    const server = await connectedServer(broker());
    const { store, tallies } = server.services;
    const write = store.write.bind(store);
    let isDown = true;
    jest
      .spyOn(store, 'write')
      .mockImplementation((events) =>
        isDown ? Promise.reject(new StoreUnavailableError('the disk is full')) : write(events),
      );
    const device = await connectAs(broker(), 'golf');
    const published = Promise.all(seqsTo(9_000).map((seq) => device.publish('telemetry/golf', eventAt(seq))));
    const most = await until(
      () => tallies.mqtt.waiting(),
      (waiting) => waiting >= 4_000,
      PATIENCE_MS,
    );
    expect(most).toBeLessThan(5_000);
    expect(tallies.eventCounts().get('stored')).toBe(undefined);
    await published;

    isDown = false;
    await until(
      () => tallies.eventCounts().get('stored') ?? 0,
      (stored) => stored >= 9_000,
      PATIENCE_MS,
    );
    expect(await seqs(server, 'golf', 9_000)).toEqual(seqsTo(9_000));
  });

  test('a session that somebody takes over is taken back, and nothing is lost', async () => {
    const server = await connectedServer(broker(), { MQTT_CLIENT_ID: 'taken' });
    const device = await connectAs(broker(), 'golf');
    const publishing = Promise.all(seqsTo(300).map((seq) => device.publish('telemetry/golf', eventAt(seq))));
    const thief = await takeOver(broker(), 'taken');
    await isConnected(server, false);
    thief.destroy();
    await publishing;

    expect(await seqs(server, 'golf', 300)).toEqual(seqsTo(300));
  });
});

describeWithMosquitto(
  'a broker that takes messages of any length',
  (broker) => {
    test('can hand on one of many megabytes: it is a dead letter, and what follows is stored', async () => {
      const server = await connectedServer(broker());
      const device = await connectAs(broker(), 'golf');
      await device.publish('telemetry/golf', Buffer.alloc(40 * 2 ** 20, 0x20));
      await device.publish('telemetry/golf', eventAt(1));

      expect(await seqs(server, 'golf', 1)).toEqual([1]);
      expect(await letters(server)).toMatchObject([{ device: 'mqtt golf', type: 'payload-too-large' }]);
    });
  },
  { message_size_limit: '0' },
);
