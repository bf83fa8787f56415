/** The broker inside under many clients at once, and killed under load: what has a PUBACK is stored, once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FleetProcess,
  freePort,
  integerBetween,
  until as keepAt,
  Ledger,
  readDrives,
  readEventsOf,
  readTrips,
  seededRandom,
} from '@fleet/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect, type MqttClient } from 'mqtt';
import { connectTo } from './mqtt.ts';
import { startTestServer, until } from './server.ts';

const CLIENTS = 2_000;
const KILLS = 8;
const ADMIN = 'an-admin-for-reading-back';

test(`${CLIENTS} clients that connect at once are all served, and none is lost`, async () => {
  const server = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0', API_KEY: 'all' });
  const now = Date.now();
  const visit = async (_: unknown, index: number) => {
    const client = await connectTo(server.mqttPort, 'all', { connectTimeout: 60_000 });
    await client.publish(`telemetry/car-${index % 100}`, { ts: new Date(now - index).toISOString(), rpm: 900 });
    return client;
  };
  const clients = await Promise.all(Array.from({ length: CLIENTS }, visit));

  expect(server.services.tallies.mqtt.clients()).toBe(CLIENTS);
  expect((await server.services.store.size()).events).toBe(CLIENTS);
  await Promise.all(clients.map((client) => client.end()));
  await server.stop();
}, 120_000);

describe('killed under load', () => {
  let folder: string;
  let fleet: FleetProcess;
  let client: MqttClient;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  });
  afterEach(async () => {
    await client.endAsync(true);
    await fleet.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  test(`killed ${KILLS} times, the broker inside has everything that it acknowledged`, async () => {
    const random = seededRandom(3);
    const port = await freePort();
    const settings = {
      DATA_DIR: folder,
      API_KEY: 'all',
      ADMIN_TOKEN: ADMIN,
      INGEST_MAX_AGE: 'off',
      LOG_LEVEL: 'error',
    };
    fleet = await FleetProcess.create({ ...settings, MQTT_LISTEN: `127.0.0.1:${port}` });
    await fleet.start();
    const ledger = new Ledger();
    const events = readDrives()
      .flatMap((drive) => drive.events)
      .map(({ vin: _vin, ...event }) => ({ ...event, vehicle_id: 'golf' }));
    client = connect(`mqtt://127.0.0.1:${port}`, { username: 'golf', password: 'all', reconnectPeriod: 50 });
    client.on('error', () => {});
    let acknowledged = 0;
    const lane = async (left: Iterator<(typeof events)[number]>) => {
      for (let next = left.next(); !next.done; next = left.next()) {
        ledger.sending([next.value]);
        const publish = () => client.publishAsync('telemetry/golf', JSON.stringify(next.value), { qos: 1 });
        // The client gives some of them up when it connects again.
        await keepAt(Date.now() + 60_000, publish);
        ledger.acknowledged([next.value]);
        acknowledged++;
      }
    };
    const left = events.values();
    const sent = Promise.all(Array.from({ length: 20 }, () => lane(left)));
    for (let kills = 0; kills < KILLS; kills++) {
      const before = acknowledged;
      await until(
        () => acknowledged,
        (count) => count > before || count === events.length,
        30_000,
      );
      await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 0, 100)));
      await fleet.end('SIGKILL');
      await fleet.start();
    }
    await sent;

    const target = { url: fleet.url, key: ADMIN };
    const stored = await readEventsOf(target, await readTrips(target));
    expect(ledger.faultsIn(stored)).toEqual([]);
    expect(stored).toHaveLength(events.length);
  }, 120_000);
});
