import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestAnswer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const VIN = 'WAUZZZFY0R1234567';

let server: TestServer;
let golfKey: string;
beforeAll(async () => {
  server = await startTestServer({ API_KEY: 'the-seed-key' }, { now: () => NOW });
  golfKey = await server.key('golf');
});
afterAll(() => server.stop());

function at(ms: number): string {
  return new Date(NOW + ms).toISOString();
}

function event(seconds: number, more: object = {}) {
  return { vehicle_id: 'golf', ts: at(seconds * 1_000), speed_kph: 50, ...more };
}

/** Ways to say the same: those that the hot path takes, and those that only the general one does. */
const WAYS: readonly (readonly [name: string, path: string, headers: Readonly<Record<string, string>>])[] = [
  ['as plain JSON', '/v1/ingest', { 'content-type': 'application/json' }],
  ['to the short address', '/ingest', { 'content-type': 'application/json' }],
  ['with a charset', '/v1/ingest', { 'content-type': 'application/json; charset=utf-8' }],
  ['with a media type in capitals', '/v1/ingest', { 'content-type': 'Application/JSON' }],
  ['with a query', '/v1/ingest?from=phone', { 'content-type': 'application/json' }],
  ['to the short address with a query', '/ingest?', { 'content-type': 'application/json' }],
  ['gzipped', '/v1/ingest', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ['gzipped to the short address', '/ingest', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
];

/** Whose key is sent. */
const KEYS = { all: () => 'the-seed-key', golf: () => golfKey, wrong: () => 'wrong', none: () => '' };

/** What is sent, the status that it is answered with, and with whose key. */
const BODIES: readonly (readonly [what: string, status: number, body: string | Buffer, key: keyof typeof KEYS])[] = [
  ['an event', 200, JSON.stringify(event(0)), 'all'],
  ['an event of a trip', 200, JSON.stringify(event(0, { trip_id: TRIP, seq: 1 })), 'all'],
  ['an event by the VIN', 200, JSON.stringify({ vin: VIN, ts: at(0), rpm: 900 }), 'all'],
  ['a byte order mark before an event', 200, `\uFEFF${JSON.stringify(event(0))}`, 'all'],
  ['an array', 200, JSON.stringify([event(0), event(1), { ...event(2), rpm: null }]), 'all'],
  ['an empty array', 200, '[]', 'all'],
  ['an array of which nothing is valid', 422, JSON.stringify([{}, 7]), 'all'],
  ['an event with faults', 422, JSON.stringify({ ...event(0), rpm: 'fast', seq: 0 }), 'all'],
  ['a number', 422, '7', 'all'],
  ['null', 422, 'null', 'all'],
  ['an event of the future', 422, JSON.stringify(event(3_600)), 'all'],
  ['nothing', 400, '', 'all'],
  ['half an event', 400, '{"vehicle_id":', 'all'],
  ['bytes that are no UTF-8', 400, Buffer.from([0x22, 0xff, 0x22]), 'all'],
  ['an event nested too deep', 400, `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'all'],
  ['too much', 413, JSON.stringify([' '.repeat(256 * 1_024)]), 'all'],
  ["an event of somebody else's car", 403, JSON.stringify(event(0, { vehicle_id: 'polo' })), 'golf'],
  ["an array of somebody else's events", 403, JSON.stringify([event(0, { vehicle_id: 'polo' })]), 'golf'],
  ['an event with a wrong key', 401, JSON.stringify(event(0)), 'wrong'],
  ['an event without a key', 401, JSON.stringify(event(0)), 'none'],
];

function send(way: (typeof WAYS)[number], body: string | Buffer, key: string): Promise<TestAnswer> {
  const [, path, headers] = way;
  const sent = headers['content-encoding'] === 'gzip' ? gzipSync(body) : body;
  return server.request(path, { method: 'POST', key, headers, body: sent });
}

describe('one body is answered alike however it is sent:', () => {
  test.each(BODIES)('%s', async (_what, status, body, who) => {
    const answers: TestAnswer[] = [];
    for (const way of WAYS) answers.push(await send(way, body, KEYS[who]()));

    const [first] = answers;
    expect(first?.status).toBe(status);
    for (const answer of answers) {
      expect([answer.status, answer.body, answer.headers.get('content-type')]).toEqual([
        status,
        first?.body,
        status < 400 ? 'application/json' : 'application/problem+json',
      ]);
    }
  });
});

describe('a single event', () => {
  test('is answered with the trip and the seq that it has, and is there', async () => {
    const stored = await server.ingest(event(0, { vehicle_id: 'single', trip_id: TRIP.toUpperCase(), seq: 154 }));

    expect([stored.status, stored.body]).toEqual([200, { trip_id: TRIP, seq: 154 }]);
    const { body } = await server.request(`/v1/trips/${TRIP}/events?vehicle=single`);
    expect(body.events).toEqual([{ ts: '2025-11-04T12:00:00Z', seq: 154, source: 'device 1', speed_kph: 50 }]);
  });

  test('without ids is given both: its time is its seq', async () => {
    const { body } = await server.ingest(event(0, { vehicle_id: 'loose', seq: 7 }));

    expect(body).toEqual({ trip_id: expect.stringMatching(/^[0-9a-f-]{36}$/), seq: NOW });
    expect((await server.request(`/v1/trips/${body.trip_id}`)).body).toMatchObject({
      vehicle: 'loose',
      event_count: 1,
    });
  });

  test('with a trip id and no seq has its time as seq', async () => {
    const { body } = await server.ingest(event(1, { vehicle_id: 'no-seq', trip_id: TRIP }));

    expect(body).toEqual({ trip_id: TRIP, seq: NOW + 1_000 });
  });

  test('again is answered the same and stored once, with the signals that it lacked', async () => {
    const once = event(0, { vehicle_id: 'again', trip_id: TRIP, seq: 1 });
    const answers = [await server.ingest(once), await server.ingest(once), await server.ingest({ ...once, rpm: 900 })];

    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([200, { trip_id: TRIP, seq: 1 }]));
    const { body } = await server.request(`/v1/trips/${TRIP}/events?vehicle=again`);
    expect(body.events).toMatchObject([{ seq: 1, speed_kph: 50, rpm: 900 }]);
  });

  test('under a seq that is taken by another time is refused by name', async () => {
    await server.ingest(event(0, { vehicle_id: 'taken', trip_id: TRIP, seq: 1 }));
    const other = await server.ingest(event(1, { vehicle_id: 'taken', trip_id: TRIP, seq: 1 }));

    expect([other.status, other.body]).toMatchObject([
      409,
      { type: 'urn:fleet-telemetry:problem:seq-conflict', errors: [{ pointer: '/seq' }] },
    ]);
    const { body } = await server.request(`/v1/trips/${TRIP}/events?vehicle=taken`);
    expect(body.events).toHaveLength(1);
  });

  test('is told everything that is wrong with it at once', async () => {
    const { status, body } = await server.ingest({ vin: 'x', ts: '2025-02-31T00:00:00Z', lat: 91, Boost: 1 });

    expect(status).toBe(422);
    expect(body).toMatchObject({
      type: 'urn:fleet-telemetry:problem:invalid-event',
      status: 422,
      title: expect.any(String),
    });
    const pointers = body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.toSorted()).toEqual(['/Boost', '/lat', '/lon', '/ts', '/vin']);
  });

  test('of the product description is taken with the key of its Secret at its address', async () => {
    const vin = 'WAUZZZFY0R7654321';
    const seed = { vin, ts: '2025-11-04T12:00:00Z', lat: 49.5891, lon: 8.6527, speed_kph: 80, rpm: 2200 };
    const { status } = await server.request('/ingest', { key: 'the-seed-key', body: seed });

    expect(status).toBe(200);
    const latest = await server.request(`/v1/vehicles/${vin}/latest`);
    expect(latest.body).toMatchObject({ vehicle: vin, lat: 49.5891, lon: 8.6527, speed_kph: 80, rpm: 2200 });
  });
});

describe('the time of an event', () => {
  const DAY = 86_400_000;
  test.each([
    ['now', 0, 200],
    ['as far ahead as is taken', 300_000, 200],
    ['a millisecond more', 300_001, 422],
    ['as old as is taken', -400 * DAY, 200],
    ['a millisecond older', -400 * DAY - 1, 422],
  ])('%s', async (_what, ms, expected) => {
    const { status, body } = await server.ingest({ vehicle_id: 'clock', ts: at(ms), rpm: 900 });

    expect(status).toBe(expected);
    if (status === 422) {
      expect(body).toMatchObject({ type: 'urn:fleet-telemetry:problem:clock-skew', errors: [{ pointer: '/ts' }] });
    }
  });

  test('may be of any age where the setting says so, and is bounded ahead all the same', async () => {
    const patient = await startTestServer(
      { INGEST_MAX_AGE: 'off', INGEST_MAX_AHEAD: '1h', STORE: 'memory' },
      { now: () => NOW },
    );
    const statuses = [];
    for (const ts of ['2010-01-01T00:00:00Z', '2009-12-31T23:59:59Z', at(3_600_000), at(3_600_001)]) {
      statuses.push((await patient.ingest({ vehicle_id: 'clock', ts, rpm: 900 })).status);
    }
    await patient.stop();

    expect(statuses).toEqual([200, 422, 200, 422]);
  });

  test('is too old where retention would take the event away at once, counted from the newest event', async () => {
    const tidy = await startTestServer({ RETENTION: '30d' }, { now: () => NOW });
    const ingest = async (days: number) => {
      const { status, body } = await tidy.ingest({ vehicle_id: 'tidy', ts: at(-days * DAY), rpm: 900 });
      return status === 200 ? 200 : body.type.split(':').at(-1);
    };
    const empty = [await ingest(40), await ingest(30)];
    const fromOldest = [await ingest(50), await ingest(61)];
    const fromNow = [await ingest(0), await ingest(29), await ingest(31), await ingest(401)];
    await tidy.stop();

    expect(empty).toEqual(['too-old', 200]);
    expect(fromOldest).toEqual([200, 'too-old']);
    expect(fromNow).toEqual([200, 200, 'too-old', 'clock-skew']);
  });
});

describe('whose event it is', () => {
  test("is the key's to say, not the payload's: golf's key takes only golf's events of a batch", async () => {
    const { status, body } = await server.request('/v1/ingest', {
      key: golfKey,
      body: [event(30), event(31, { vehicle_id: 'polo' }), event(32)],
    });

    expect([status, body]).toMatchObject([200, { accepted: 2, rejected: [{ index: 1, type: 'vehicle-not-allowed' }] }]);
    expect((await server.request('/v1/vehicles/polo/latest')).status).toBe(404);
  });

  test('is found by any name of the vehicle, for the event and for the key', async () => {
    const vin = '1M8GDM9AXKP042788';
    const byAlias = await server.key('mini');
    const byVin = await server.key(vin);
    expect((await server.request(`/v1/vehicles/${vin}`, { method: 'PUT', body: { aliases: ['mini'] } })).status).toBe(
      200,
    );

    const answers = [
      await server.request('/v1/ingest', { key: byAlias, body: { vin, ts: at(0), rpm: 900 } }),
      await server.request('/v1/ingest', { key: byVin, body: { vehicle_id: 'mini', ts: at(1_000), rpm: 901 } }),
      await server.request('/v1/ingest', { key: byVin, body: [{ vehicle_id: 'mini', ts: at(2_000), rpm: 902 }] }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[2]?.body.trips).toMatchObject([{ vehicle: vin, trip_id: answers[0]?.body.trip_id }]);
    const { trips } = (await server.request('/v1/trips?vehicle=mini')).body;
    expect(trips).toMatchObject([{ vehicle: vin, event_count: 3 }]);
  });

  test.each([
    ['a viewer', () => server.viewer('golf')],
    ['a viewer of everything', () => server.viewer()],
  ])('%s may not write at all', async (_who, key) => {
    expect((await server.request('/v1/ingest', { key: await key(), body: event(0) })).status).toBe(403);
  });

  test('an admin may write for every vehicle', async () => {
    expect((await server.request('/v1/ingest', { body: event(0) })).status).toBe(200);
  });
});
