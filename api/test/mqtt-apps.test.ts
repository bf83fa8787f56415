/** Apps and dongles that publish under topics of their own, at the broker inside. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { connectTo, type TestClient } from './mqtt.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const NOW = Math.floor(Date.now() / 1_000) * 1_000;

let server: TestServer;
let device: TestClient;
/** A vehicle of its own for each test, since they share the server. */
let car = '';
let cars = 0;
beforeAll(async () => {
  server = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0', MQTT_APPS: 'owntracks,wican:dongles,tesla:cars' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  car = `car-${cars++}`;
  const { key } = (await server.request('/v1/devices', { body: { name: car, vehicles: [car] } })).body;
  device = await connectTo(server.mqttPort, key);
});
afterEach(() => device.end());

async function latest() {
  const { body } = await server.request(`/v1/vehicles/${car}/latest`);
  return body;
}

/** Of this test's device. */
async function letters(via: string) {
  const { dead_letters } = (await server.request('/v1/dead-letters')).body;
  return dead_letters.filter((letter: { via: string; device: string }) => letter.via === via && letter.device === car);
}

test('OwnTracks: a location is an event, all else is nothing', async () => {
  const location = {
    _type: 'location',
    lat: 48.85833,
    lon: 2.29513,
    tst: NOW / 1_000,
    vel: 61,
    cog: 271,
    acc: 5,
    tid: 'JJ',
  };
  await device.publish('owntracks/jane/phone', location);
  await device.publish('owntracks/jane/phone', { _type: 'lwt', tst: NOW / 1_000 });
  await device.publish('owntracks/jane/phone/event', { _type: 'transition', event: 'enter' });

  expect(await latest()).toMatchObject({ lat: 48.85833, lon: 2.29513, gps_speed_kph: 61, heading_deg: 271 });
  expect(await letters('owntracks')).toEqual([]);
});

test('WiCAN: what the car says is an event of now; a state of the dongle and frames of the bus are none', async () => {
  const before = (await server.services.store.size()).events;
  await device.publish('dongles/aabbccddeeff/can/status', { status: 'online' });
  await device.publish('dongles/aabbccddeeff/can/rx', {
    bus: 0,
    type: 'rx',
    ts: 34610,
    frame: [{ id: 2024, data: [3] }],
  });
  await device.publish('dongles/aabbccddeeff/can/rx', { SPEED: 33, ENGINE_RPM: 4147, _meta: { age: 99, stale: true } });
  expect((await server.services.store.size()).events).toBe(before);

  await device.publish('dongles/aabbccddeeff/can/rx', { SPEED: 33, ENGINE_RPM: 4147 });
  expect(await latest()).toMatchObject({ speed_kph: 33, rpm: 4147 });
});

test('Tesla: a field is a signal of now, converted', async () => {
  const fields = { VehicleSpeed: 50, Soc: '81.5', Odometer: 1_000, OutsideTemp: 12.5, Gear: '"ShiftStateD"' };
  for (const [field, value] of Object.entries(fields)) await device.publish(`cars/${car}/v/${field}`, `${value}`);
  await device.publish(`cars/${car}/v/Location`, { latitude: 37.4, longitude: -122.1 });
  await device.publish(`cars/${car}/connectivity`, { Status: 'CONNECTED' });

  expect(await latest()).toMatchObject({
    speed_kph: 80.4672,
    soc_pct: 81.5,
    odometer_km: 1_609.344,
    ambient_c: 12.5,
    lat: 37.4,
    lon: -122.1,
  });
  expect(await letters('tesla')).toEqual([]);
});

test('what can not be read is a dead letter, without secrets, and what follows is taken', async () => {
  await device.publish('owntracks/jane/phone', '{"password":"hush"');
  await device.publish('owntracks/jane/phone', { _type: 'location', lat: 48, lon: 2, tst: Date.now() / 1_000 + 5 });

  expect(await latest()).toMatchObject({ lat: 48, lon: 2 });
  const found = await until(
    () => letters('owntracks'),
    (all) => all.length > 0,
  );
  expect(found).toMatchObject([{ type: 'malformed-body' }]);
  expect(JSON.stringify(found)).not.toContain('hush');
});

test('what apps ask to be retained is taken as it comes; an event is not', async () => {
  const location = { _type: 'location', lat: 50, lon: 3, tst: NOW / 1_000 + 10 };
  await device.publish('owntracks/jane/phone', location, { retain: true });
  await device.publish('dongles/aabbccddeeff/status', { status: 'online' }, { retain: true });
  await device.publish('dongles/aabbccddeeff/battery', { battery_voltage: 12.6 }, { retain: true });
  expect(await latest()).toMatchObject({ lat: 50, lon: 3, battery_v: 12.6 });

  const reader = await connectTo(server.mqttPort, await server.key(car));
  await expect(reader.publish(`telemetry/${car}`, { rpm: 900 }, { retain: true })).rejects.toThrow('closed');
});

test('apps that are not asked for have no topics here', async () => {
  const wary = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0' });
  const client = await connectTo(wary.mqttPort, await wary.key('golf'));
  await expect(client.publish('owntracks/jane/phone', '{}')).rejects.toThrow('closed');
  await wary.stop();

  await expect(startTestServer({ MQTT_APPS: 'owntracks,waze' })).rejects.toThrow(
    /^MQTT_APPS=owntracks,waze must be of owntracks, wican, tesla, with commas between, or off$/,
  );
});
