/** What Home Assistant hears: vehicles announced, their states, and whether anybody is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetProcess } from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWithMosquitto, settingsFor, USERS } from './mosquitto.ts';
import { connectTo, type TestClient } from './mqtt.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const PATIENCE_MS = 20_000;
const GOLF = 'homeassistant/device/fleet_golf/config';

let server: TestServer;
let hass: TestClient;
beforeEach(async () => {
  server = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0', HA_DISCOVERY: 'on' });
});
afterEach(async () => {
  await hass?.end();
  await server.stop();
});

async function listen(client: Promise<TestClient>): Promise<void> {
  hass = await client;
  for (const filter of ['homeassistant/#', 'state/+', 'fleet/status']) expect(await hass.subscribe(filter)).toBe(true);
}

type Values = Record<string, unknown>;

/** What was heard last on a topic, once it is as wanted. */
function newest(topic: string, wanted: (value: Values) => boolean = () => true): Promise<{ value: Values }> {
  return until(
    () => {
      const message = hass.received.findLast((each) => each.topic === topic);
      return message && { value: JSON.parse(message.text) as Values };
    },
    (found) => found !== undefined && wanted(found.value),
    PATIENCE_MS,
  ) as Promise<{ value: Values }>;
}

function drive(more: object = {}) {
  return server.ingest({ vehicle_id: 'golf', ts: new Date().toISOString(), speed_kph: 50, ...more });
}

test('a vehicle is announced with a sensor for each signal and a tracker, before its first state', async () => {
  await server.request('/v1/vehicles/golf', { method: 'PUT', body: { name: 'Our Golf' } });
  await listen(connectTo(server.mqttPort, await server.viewer()));
  await drive({ lat: 49.5, lon: 8.6, soc_pct: 80, boost: 2 });

  const { value } = await newest(GOLF);
  expect(value).toMatchObject({
    device: { identifiers: ['fleet_golf'], name: 'Our Golf' },
    origin: { name: 'Fleet Telemetry' },
    availability_topic: 'fleet/status',
    components: {
      speed_kph: {
        platform: 'sensor',
        unique_id: 'fleet_golf_speed_kph',
        state_topic: 'state/golf',
        value_template: '{{ value_json.speed_kph }}',
        unit_of_measurement: 'km/h',
        device_class: 'speed',
      },
      soc_pct: { device_class: 'battery', unit_of_measurement: '%' },
      place: { platform: 'device_tracker', source_type: 'gps', json_attributes_topic: 'state/golf' },
    },
  });
  expect(Object.keys(value['components'] as object).sort()).toEqual(['place', 'soc_pct', 'speed_kph']);
  expect((await newest('state/golf')).value).toMatchObject({
    speed_kph: 50,
    lat: 49.5,
    lon: 8.6,
    soc_pct: 80,
    boost: 2,
  });
  const topics = hass.received.map(({ topic }) => topic);
  expect(topics.indexOf(GOLF)).toBeLessThan(topics.indexOf('state/golf'));
});

test('whoever comes later hears the same, retained; a signal that is new is announced', async () => {
  await drive();
  await listen(connectTo(server.mqttPort, await server.viewer()));
  expect((await newest(GOLF)).value['components']).not.toHaveProperty('rpm');
  const status = await until(
    () => hass.received.find(({ topic }) => topic === 'fleet/status'),
    (found) => found !== undefined,
    PATIENCE_MS,
  );
  expect(status).toMatchObject({ text: 'online', retain: true });

  await drive({ rpm: 900 });
  await newest(GOLF, ({ components }) => Object.hasOwn(components as object, 'rpm'));
  const { value } = await newest('state/golf', (state) => Object.hasOwn(state, 'rpm'));
  expect(value).toMatchObject({ rpm: 900 });
});

test('a state comes at most once in five seconds', async () => {
  await listen(connectTo(server.mqttPort, await server.viewer()));
  const times: number[] = [];
  hass.client.on('message', (topic) => void (topic === 'state/golf' && times.push(performance.now())));
  const drives: Promise<unknown>[] = [];
  const driving = setInterval(() => drives.push(drive()), 200);
  await until(
    () => times.length,
    (count) => count >= 2,
    PATIENCE_MS,
  );
  clearInterval(driving);
  await Promise.all(drives);

  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(4_500);
});

test('Home Assistant may say that it has started, and its key is for all vehicles', async () => {
  const viewer = await connectTo(server.mqttPort, await server.viewer());
  await viewer.publish('homeassistant/status', 'online');
  await viewer.end();
  const ofOne = await connectTo(server.mqttPort, await server.viewer('golf'));
  expect(await ofOne.subscribe('homeassistant/#')).toBe(false);
  await ofOne.end();
  await drive();
  await listen(connectTo(server.mqttPort, server.admin));
  expect((await newest('state/golf')).value).toMatchObject({ speed_kph: 50 });
});

describeWithMosquitto('by way of a broker', (broker) => {
  test('a server that dies without a word is offline, by its last will, and online when it is back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-hass-'));
    const settings = { DATA_DIR: folder, LOG_LEVEL: 'warn', API_KEY: 'all', HA_DISCOVERY: 'on' };
    const fleet = await FleetProcess.create({ ...settings, ...settingsFor(broker()) });
    await fleet.start();
    await listen(connectTo(broker().port, USERS.homeassistant, { username: 'homeassistant' }));
    const status = (wanted: string) =>
      until(
        () => hass.received.findLast(({ topic }) => topic === 'fleet/status')?.text,
        (text) => text === wanted,
        PATIENCE_MS,
      );
    await status('online');
    const device = await connectTo(broker().port, USERS.golf, { username: 'golf' });
    await device.publish('telemetry/golf', { ts: new Date().toISOString(), speed_kph: 50 });
    expect((await newest('state/golf')).value).toMatchObject({ speed_kph: 50 });
    await device.end();

    await fleet.end('SIGKILL');
    await status('offline');
    await fleet.start();
    await status('online');

    await fleet.end('SIGTERM');
    await status('offline');
    rmSync(folder, { recursive: true });
  }, 90_000);
});
