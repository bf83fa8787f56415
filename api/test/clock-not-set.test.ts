/**
 * A machine without a battery for its clock begins in 1970. Until somebody has set it, no door takes anything: whoever
 * sends keeps what it has, and nothing true is refused as if it were of the future.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connectTo } from './mqtt.ts';
import { asTrip, chunkOf, Device, slugOf } from './offline.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const BUILT_AT = Date.UTC(2026, 0, 1);
const TODAY = Date.UTC(2026, 5, 1, 12);
const TRIP = 'aaaaaaaa-0000-4000-8000-000000000000';

let now: number;
let server: TestServer;
beforeEach(async () => {
  now = 5_000;
  server = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0', API_KEY: 'all' }, { now: () => now, builtAt: BUILT_AT });
});
afterEach(() => server.stop());

function eventAt(seconds: number, vehicle_id = 'golf') {
  return { vehicle_id, ts: new Date(TODAY + seconds * 1_000).toISOString(), rpm: 900 + seconds };
}

async function dead(): Promise<unknown[]> {
  return (await server.request('/v1/dead-letters')).body.dead_letters;
}

test('requests are to be sent again, and are taken when the clock is set', async () => {
  const phone = await server.key('golf');
  const device = new Device({ url: server.url, key: 'all', vehicle: 'polo', trip_id: TRIP });
  const chunk = chunkOf(1, asTrip([eventAt(0), eventAt(1)], TRIP, 'polo'));
  const send = async () => [
    await server.ingest(eventAt(0)),
    await server.ingest([eventAt(1), eventAt(2)]),
    await server.request(`/i/osmand/${phone}?id=1&lat=48&lon=8&timestamp=1780315203`, { key: '' }),
    await device.announce(),
    await device.putChunk(chunk),
  ];

  const before = await send();
  now = TODAY + 10_000;
  const after = await send();

  expect(before.map((answer) => answer.status)).toEqual(Array(5).fill(503));
  expect(before.every(({ headers }) => headers.has('retry-after'))).toBe(true);
  expect(slugOf(before[0]!)).toBe('clock-not-set');
  expect(before[0]?.body.detail).toMatch(/clock/);
  expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 201, 200]);
  expect(await dead()).toEqual([]);
  expect((await server.services.store.size()).events).toBe(6);
});

test('messages have no PUBACK, and have one when the clock is set', async () => {
  const client = await connectTo(server.mqttPort, 'all');
  let acknowledged = 0;
  const publishing = [0, 1, 2].map((second) =>
    client.publish('telemetry/golf', eventAt(second)).then(() => acknowledged++),
  );
  await until(
    () => server.services.tallies.mqtt.clients(),
    (clients) => clients === 1,
  );
  const refused = await server.ingest(eventAt(9));

  expect([refused.status, acknowledged]).toEqual([503, 0]);
  now = TODAY + 10_000;
  await Promise.all(publishing);
  expect(acknowledged).toBe(3);
  expect(await dead()).toEqual([]);
  expect((await server.services.store.size()).events).toBe(3);
  await client.end();
});
