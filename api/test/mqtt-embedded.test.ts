/** The broker inside: what devices may do there, and what they are told. */
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { StoreUnavailableError } from '../src/ports.ts';
import { connectTo, heard, receiptsOf, type TestClient } from './mqtt.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const NOW = Date.UTC(2025, 10, 4, 12);

let server: TestServer;
let golfKey: string;
let clients: TestClient[] = [];
beforeAll(async () => {
  server = await startTestServer({ MQTT_LISTEN: '127.0.0.1:0', API_KEY: 'all' }, { now: () => NOW });
  golfKey = await server.key('golf');
  await server.request('/v1/vehicles/golf', { method: 'PUT', body: { aliases: ['old-golf'] } });
});
afterAll(() => server.stop());
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(clients.map((client) => client.end()));
  clients = [];
});

async function join(key: string, options = {}): Promise<TestClient> {
  const client = await connectTo(server.mqttPort, key, options);
  clients.push(client);
  return client;
}

function at(seconds: number): string {
  return new Date(NOW + seconds * 1_000).toISOString();
}

function eventsOf(vehicle: string, ...seconds: readonly number[]) {
  return seconds.map((second) => ({ vehicle_id: vehicle, ts: at(second), speed_kph: 50 }));
}

/** The times of a vehicle's events, in seconds. */
async function storedOf(vehicle: string): Promise<number[]> {
  const { trips } = (await server.request(`/v1/trips?vehicle=${vehicle}`)).body;
  const lists = await Promise.all(
    trips.map(async ({ trip_id }: { trip_id: string }) => {
      const { body } = await server.request(`/v1/trips/${trip_id}/events.json?vehicle=${vehicle}`);
      return body.events.map(({ ts }: { ts: string }) => (Date.parse(ts) - NOW) / 1_000);
    }),
  );
  return lists.flat().sort((a, b) => a - b);
}

async function letters(device: string) {
  const { body } = await server.request(`/v1/dead-letters?device=${encodeURIComponent(device)}`);
  return body.dead_letters as { type: string; via: string; body: string; errors: { detail: string }[] }[];
}

describe('a message is stored when its PUBACK comes:', () => {
  const lines = (vehicle: string) =>
    eventsOf(vehicle, 0, 1, 2)
      .map((event) => JSON.stringify(event))
      .join('\n');
  test.each<[what: string, vehicle: string, payload: (vehicle: string) => unknown, seconds: readonly number[]]>([
    ['an event', 'one', (vehicle) => eventsOf(vehicle, 0)[0], [0]],
    ['an event that leaves its vehicle to the topic', 'bare', () => ({ ts: at(0), rpm: 900 }), [0]],
    ['an array', 'array', (vehicle) => eventsOf(vehicle, 0, 1, 2), [0, 1, 2]],
    ['lines', 'lines', lines, [0, 1, 2]],
    ['lines that end as Windows ends them', 'crlf', (vehicle) => lines(vehicle).replaceAll('\n', '\r\n'), [0, 1, 2]],
    ['packed lines', 'gzip', (vehicle) => gzipSync(lines(vehicle)), [0, 1, 2]],
    ['an event over several lines', 'tall', (vehicle) => JSON.stringify(eventsOf(vehicle, 0)[0], null, 2), [0]],
    ['what is valid in an array', 'mixed', (vehicle) => [...eventsOf(vehicle, 0), { rpm: -1 }, 7], [0]],
    ['what is valid in lines', 'torn', (vehicle) => `${lines(vehicle)}\n{"ts":`, [0, 1, 2]],
  ])('%s', async (_what, vehicle, payload, seconds) => {
    const client = await join('all');
    await client.publish(`telemetry/${vehicle}`, payload(vehicle));

    expect(await storedOf(vehicle)).toEqual(seconds);
  });

  test.each([0, 1, 2] as const)('with QoS %d', async (qos) => {
    const client = await join('all');
    await client.publish(`telemetry/qos-${qos}`, { ts: at(0), rpm: 900 }, { qos });

    expect(
      await until(
        () => storedOf(`qos-${qos}`),
        (times) => times.length > 0,
      ),
    ).toEqual([0]);
  });

  test("the event is marked with the key's name, and may be sent to any of the vehicle's names", async () => {
    const client = await join(golfKey);
    await client.publish('telemetry/old-golf', { ts: at(100), rpm: 900 });

    const { body } = await server.request('/v1/vehicles/golf/latest');
    expect(body).toMatchObject({ vehicle: 'golf', rpm: 900 });
  });
});

describe('what can never be taken', () => {
  test.each<[what: string, payload: unknown, slug: string]>([
    ['no JSON', 'what?', 'malformed-body'],
    ['nothing', '', 'malformed-body'],
    ['a broken gzip', gzipSync('{}').subarray(0, 12), 'malformed-body'],
    ['a bomb', gzipSync(Buffer.alloc(20 * 2 ** 20)), 'payload-too-large'],
    ['an event with faults', { ts: at(0), rpm: 'fast' }, 'invalid-event'],
    ['an event of the future', { ts: at(3_600), rpm: 900 }, 'clock-skew'],
  ])('%s is a dead letter, and what follows is taken', async (what, payload, slug) => {
    const name = what.replaceAll(/[^a-z ]/gi, '');
    const { key } = (await server.request('/v1/devices', { body: { name, vehicles: ['beetle'] } })).body;
    const client = await join(key);
    await client.publish('telemetry/beetle', payload);
    await client.publish('telemetry/beetle', { ts: at(what.length), rpm: 900 });

    expect(await letters(name)).toMatchObject([{ type: slug, via: 'mqtt' }]);
    expect(await storedOf('beetle')).toContain(what.length);
  });

  test('is resubmitted as it is once it can be', async () => {
    const client = await join(await server.key('late'));
    await client.publish('telemetry/late', { ts: at(-401 * 86_400), rpm: 900 });
    const { dead_letters } = (await server.request('/v1/dead-letters')).body;
    const letter = dead_letters.find(({ body }: { body: string }) => body.includes('"late"'));

    expect((await server.request(`/v1/dead-letters/${letter.id}/resubmit`, { method: 'POST' })).status).toBe(200);
    expect(await storedOf('late')).toEqual([-401 * 86_400]);
  });
});

describe('a device speaks only for its own vehicle:', () => {
  test('a key that is nobody’s is not let in', async () => {
    await expect(join('wrong')).rejects.toThrow(/Not authorized/);
    await expect(join('')).rejects.toThrow(/Not authorized/);
  });

  test.each<[what: string, topic: string, options?: { retain?: boolean }]>([
    ["another's topic", 'telemetry/polo'],
    ['a topic that is nobody’s', 'elsewhere'],
    ['a receipt', 'stored/golf'],
    ["the broker's own topic", '$SYS/broker'],
    ['a topic above', 'telemetry'],
    ['a topic below', 'telemetry/golf/more'],
    ['a retained message', 'telemetry/golf', { retain: true }],
  ])('%s ends the connection, and stores nothing', async (_what, topic, options = {}) => {
    const client = await join(golfKey);

    await expect(client.publish(topic, { ts: at(-50), rpm: 900 }, options)).rejects.toThrow('closed');
    expect(await storedOf('polo')).toEqual([]);
    expect(await storedOf('golf')).not.toContain(-50);
  });

  test('a payload that names another vehicle is refused, and said so', async () => {
    const client = await join(golfKey);
    await client.subscribe('stored/golf');
    await client.publish('telemetry/golf', { vehicle_id: 'polo', ts: at(0), rpm: 900, trip_id: TRIP, seq: 9 });
    await heard(client, 1);

    expect(await storedOf('polo')).toEqual([]);
    expect(receiptsOf(client, 'golf')).toEqual([
      { trip_id: TRIP, seqs: [], rejected: [{ seq: 9, problem: 'vehicle-not-allowed' }] },
    ]);
  });

  test.each([
    ['its receipts', 'stored/golf', true],
    ['its receipts by another name', 'stored/old-golf', true],
    ["another's receipts", 'stored/polo', false],
    ['all receipts', 'stored/+', false],
    ['everything', '#', false],
    ['its own events', 'telemetry/golf', false],
    ['states', 'state/golf', false],
  ])('may it read %s: %s', async (_what, filter, may) => {
    expect(await (await join(golfKey)).subscribe(filter)).toBe(may);
  });

  test('a viewer reads states, and publishes nothing', async () => {
    const viewer = await join(await server.viewer('golf'));

    expect(await viewer.subscribe('state/golf')).toBe(true);
    expect(await viewer.subscribe('state/polo')).toBe(false);
    await expect(viewer.publish('telemetry/golf', { ts: at(0), rpm: 1 })).rejects.toThrow('closed');
  });

  test('a key that is revoked while it is in use ends there', async () => {
    const { device, key } = (await server.request('/v1/devices', { body: { name: 'gone', vehicles: ['gone'] } })).body;
    const client = await join(key);
    await client.publish('telemetry/gone', { ts: at(0), rpm: 900 });
    await server.request(`/v1/devices/${device.id}`, { method: 'DELETE' });

    await expect(client.publish('telemetry/gone', { ts: at(1), rpm: 900 })).rejects.toThrow('closed');
    expect(await storedOf('gone')).toEqual([0]);
  });

  test('nobody takes the place of another device under its client id; a device itself does', async () => {
    const first = await join(golfKey, { clientId: 'car' });
    await expect(join('all', { clientId: 'car' })).rejects.toThrow(/Identifier rejected/);
    const second = await join(golfKey, { clientId: 'car' });
    await first.closed;
    await second.publish('telemetry/golf', { ts: at(-60), rpm: 900 });

    expect(await storedOf('golf')).toContain(-60);
  });

  test('a message that is too long ends the connection before it is held', async () => {
    const client = await join(golfKey);

    await expect(client.publish('telemetry/golf', Buffer.alloc(3 * 2 ** 20))).rejects.toThrow();
    expect(server.logged()).toContain('a packet is larger than is taken');
  });
});

describe('receipts', () => {
  test('name what is stored, duplicates too, and what never will be; at most one a second', async () => {
    const client = await join('all');
    await client.subscribe('stored/+');
    const event = (seq: number) => ({ ts: at(seq), rpm: 900, trip_id: TRIP.toUpperCase(), seq });
    const began = performance.now();
    await client.publish('telemetry/told', [1, 2, 3, 5].map(event));
    await heard(client, 1);
    const again = [3, 4].map(event);
    await client.publish('telemetry/told', [...again, { ...event(6), rpm: -1 }, { ...event(1), ts: at(99) }]);
    await heard(client, 2);

    expect(performance.now() - began).toBeGreaterThan(1_000);
    expect(receiptsOf(client, 'told')).toEqual([
      {
        trip_id: TRIP,
        seqs: [
          [1, 3],
          [5, 5],
        ],
        rejected: [],
      },
      {
        trip_id: TRIP,
        seqs: [[3, 4]],
        rejected: [
          { seq: 6, problem: 'invalid-event' },
          { seq: 1, problem: 'seq-conflict' },
        ],
      },
    ]);
  });

  test('are for events with ids', async () => {
    const client = await join('all');
    await client.subscribe('stored/+');
    await client.publish('telemetry/loose', { ts: at(0), rpm: 900 });
    await client.publish('telemetry/loose', { ts: at(1), rpm: 900, trip_id: TRIP });
    await client.publish('telemetry/loose', { ts: at(2), rpm: 900, trip_id: TRIP, seq: 7 });
    await heard(client, 1);

    expect(receiptsOf(client, 'loose')).toEqual([{ trip_id: TRIP, seqs: [[7, 7]], rejected: [] }]);
  });
});

describe('while the store can not be used', () => {
  test('there is no PUBACK; afterwards there is, in order, and everything is stored', async () => {
    const { store } = server.services;
    const write = store.write.bind(store);
    let isDown = true;
    jest
      .spyOn(store, 'write')
      .mockImplementation((events) =>
        isDown ? Promise.reject(new StoreUnavailableError('the disk is full')) : write(events),
      );
    const client = await join('all');
    const acknowledged: number[] = [];
    const published = Array.from({ length: 20 }, (_, index) =>
      client.publish('telemetry/patient', { ts: at(index), rpm: 900 }).then(() => acknowledged.push(index)),
    );
    await until(
      () => jest.mocked(store.write).mock.calls.length,
      (calls) => calls > 40,
    );
    expect(acknowledged).toEqual([]);

    isDown = false;
    await Promise.all(published);

    expect(acknowledged).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(await storedOf('patient')).toHaveLength(20);
  });

  test('a fault of ours holds nothing up: the message is a dead letter', async () => {
    const { store } = server.services;
    jest.spyOn(store, 'write').mockRejectedValueOnce(new TypeError('a bug'));
    const client = await join('all');
    await client.publish('telemetry/buggy', { ts: at(0), rpm: 900 });

    expect(await letters('API_KEY')).toContainEqual(expect.objectContaining({ type: 'internal', via: 'mqtt' }));
  });
});
