/** One trip: what is told of it, what its ids lead to, and what people change about it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
const MINUTE = 60_000;

let server: TestServer;
beforeAll(async () => {
  // No two changes are made at the same time: the order of them counts.
  let ticks = 0;
  server = await startTestServer({}, { now: () => NOW + ticks++ });
});
afterAll(() => server.stop());

function at(ms: number): string {
  return new Date(NOW + ms).toISOString().replace('.000Z', 'Z');
}

async function ingest(...events: readonly object[]): Promise<string> {
  const { body } = await server.ingest(events);
  expect(body.accepted).toBe(events.length);
  return body.trips[0].trip_id;
}

async function get(path: string, key?: string) {
  return server.request(path, key === undefined ? {} : { key });
}

async function tripIds(vehicle: string): Promise<string[]> {
  return (await get(`/v1/trips?vehicle=${vehicle}`)).body.trips.map(({ trip_id }: { trip_id: string }) => trip_id);
}

describe('a trip', () => {
  test('that a device made is told in full', async () => {
    const trip_id = crypto.randomUUID();
    const seconds = Array.from({ length: 61 }, (_, second) => second);
    const drive = seconds.map((second) => ({
      vehicle_id: 'told',
      trip_id,
      seq: second + 1,
      ts: at(second * 1_000 - 10 * MINUTE),
      speed_kph: second < 30 ? 72 : 0,
      lat: 47 + (Math.min(second, 30) * 20) / 111_195,
      lon: 8,
    }));
    const late = { vehicle_id: 'told', trip_id, seq: 70, ts: at(-7 * MINUTE), coolant_c: 88, boost_bar: 0.4 };
    const withGaps = drive.filter(({ seq }) => seq !== 3 && (seq < 10 || seq > 12));
    await ingest(...withGaps, late);
    const { status, body } = await get(`/v1/trips/${trip_id}`);

    expect(status).toBe(200);
    expect(body).toEqual({
      trip_id,
      vehicle: 'told',
      name: null,
      time_zone: 'Europe/Zurich',
      note: null,
      started_at: at(-10 * MINUTE),
      ended_at: at(-7 * MINUTE),
      duration_s: 180,
      moving_s: expect.any(Number),
      event_count: 58,
      distance_km: expect.any(Number),
      distance_gap_km: expect.any(Number),
      mean_speed_kph: expect.any(Number),
      max_speed_kph: 72,
      first_position: { lat: 47, lon: 8 },
      last_position: { lat: 47 + 600 / 111_195, lon: 8 },
      bbox: [8, 47, 8, 47 + 600 / 111_195],
      longest_gap: { seconds: 120, from: at(-9 * MINUTE), to: at(-7 * MINUTE) },
      sources: [{ source: 'device 1', event_count: 58 }],
      signals: ['speed_kph', 'coolant_c', 'lat', 'lon', 'boost_bar'],
      made_by: 'device',
      missing_seqs: [
        [3, 3],
        [10, 12],
        [62, 69],
      ],
      missing_count: 12,
    });
    expect(body.distance_km).toBeCloseTo(0.59, 1);
    expect(body.moving_s).toBeGreaterThanOrEqual(25);
    expect(body.moving_s).toBeLessThanOrEqual(31);
    expect(body.mean_speed_kph).toBeCloseTo(body.distance_km * 20, 2);
  });

  test('of which every other event is missing tells all of them', async () => {
    const GAPS = 4_500;
    const trip_id = crypto.randomUUID();
    const eventAt = (place: number) => ({ vehicle_id: 'gappy', trip_id, seq: 2 * place, ts: at(place), rpm: 900 });
    const events = Array.from({ length: GAPS }, (_, gap) => eventAt(gap + 1));
    for (let from = 0; from < GAPS; from += 500) await ingest(...events.slice(from, from + 500));

    const { body } = await get(`/v1/trips/${trip_id}`);

    expect(body.missing_count).toBe(GAPS);
    expect(body.missing_seqs).toEqual(Array.from({ length: GAPS }, (_, gap) => [2 * gap + 1, 2 * gap + 1]));
  });

  test('that the server made lacks no seqs, since nobody counted', async () => {
    const trip_id = await ingest(
      { vehicle_id: 'loose', ts: at(0), rpm: 900 },
      { vehicle_id: 'loose', ts: at(5), rpm: 901 },
    );
    const { body } = await get(`/v1/trips/${trip_id}`);

    expect(body).toMatchObject({
      made_by: 'server',
      missing_seqs: null,
      missing_count: null,
      duration_s: 0.005,
      distance_km: 0,
      first_position: null,
      bbox: null,
      max_speed_kph: null,
    });
  });

  test('of one event has no duration and no mean', async () => {
    const trip_id = await ingest({ vehicle_id: 'single', ts: at(0), rpm: 900 });

    expect((await get(`/v1/trips/${trip_id}`)).body).toMatchObject({
      duration_s: 0,
      moving_s: 0,
      mean_speed_kph: null,
      longest_gap: null,
      event_count: 1,
    });
  });

  test('has the loose events of a phone beside the events of a dongle', async () => {
    const trip_id = crypto.randomUUID();
    await ingest(
      ...[0, 60].map((second) => ({ vehicle_id: 'both', trip_id, seq: second + 1, ts: at(second * 1_000), rpm: 900 })),
    );
    await ingest(...[-100, 30, 200].map((second) => ({ vehicle_id: 'both', ts: at(second * 1_000), lat: 47, lon: 8 })));

    expect(await tripIds('both')).toEqual([trip_id]);
    expect((await get(`/v1/trips/${trip_id}`)).body).toMatchObject({
      event_count: 5,
      duration_s: 300,
      made_by: 'device',
    });
  });
});

describe('the id of a trip', () => {
  test('in capitals is the same', async () => {
    const trip_id = await ingest({ vehicle_id: 'capitals', ts: at(0), rpm: 900 });

    expect((await get(`/v1/trips/${trip_id.toUpperCase()}`)).body).toMatchObject({ trip_id });
  });

  test('that the server answered once leads to the trip that has its events now', async () => {
    const vehicle_id = 'joined';
    const later = await ingest({ vehicle_id, ts: at(0), rpm: 900 });
    const earlier = await ingest({ vehicle_id, ts: at(-8 * MINUTE), rpm: 900 });
    const between = await ingest({ vehicle_id, ts: at(-4 * MINUTE), rpm: 900 });
    const key = await server.viewer(vehicle_id);

    expect(later).not.toBe(earlier);
    expect(between).toBe(earlier);
    const moved = await get(`/v1/trips/${later}`, key);
    expect([moved.status, moved.headers.get('location')]).toEqual([308, `/v1/trips/${earlier}`]);
    const events = await get(`/v1/trips/${later}/events.csv?fields=rpm&vehicle=${vehicle_id}`, key);
    expect(events.headers.get('location')).toBe(`/v1/trips/${earlier}/events.csv?fields=rpm&vehicle=${vehicle_id}`);
    expect((await get(moved.headers.get('location') ?? '', key)).body).toMatchObject({
      trip_id: earlier,
      event_count: 3,
    });
    expect((await get(`/v1/trips/${later}`, await server.viewer('polo'))).status).toBe(404);
  });

  test('that the server made, sent back by a device, counts as none', async () => {
    const vehicle_id = 'echo';
    const trip_id = await ingest({ vehicle_id, ts: at(0), rpm: 900 });
    const { body } = await server.ingest({ vehicle_id, trip_id, seq: 1, ts: at(1_000), rpm: 901 });

    expect(body).toEqual({ trip_id, seq: NOW + 1_000 });
    expect(await tripIds(vehicle_id)).toEqual([trip_id]);
  });

  test('that two cars have must be asked for with the car', async () => {
    const trip_id = crypto.randomUUID();
    await ingest(...['twin-a', 'twin-b'].map((vehicle_id) => ({ vehicle_id, trip_id, seq: 1, ts: at(0), rpm: 900 })));
    const either = await get(`/v1/trips/${trip_id}`);

    expect([either.status, either.body]).toMatchObject([
      409,
      { type: 'urn:fleet-telemetry:problem:ambiguous-trip', vehicles: ['twin-a', 'twin-b'] },
    ]);
    expect((await get(`/v1/trips/${trip_id}/events`)).status).toBe(409);
    expect((await get(`/v1/trips/${trip_id}?vehicle=twin-b`)).body).toMatchObject({ vehicle: 'twin-b' });
    expect((await get(`/v1/trips/${trip_id}`, await server.viewer('twin-a'))).body).toMatchObject({
      vehicle: 'twin-a',
    });
    expect((await get(`/v1/trips/${trip_id}?vehicle=polo`)).status).toBe(404);
  });

  test.each([
    ['b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0d', 404, 'trip-not-found'],
    ['monday', 400, 'malformed-request'],
    ['%00', 400, 'malformed-request'],
  ])('that is %s is answered %i %s', async (id, status, slug) => {
    for (const path of [`/v1/trips/${id}`, `/v1/trips/${id}/events`, `/v1/trips/${id}/events.gpx`]) {
      const answer = await get(path);
      expect([answer.status, answer.body.type]).toEqual([status, `urn:fleet-telemetry:problem:${slug}`]);
    }
  });
});

describe('a change to a trip', () => {
  async function change(path: string, body?: object, method = 'POST') {
    const answer = await server.request(path, { method, ...(body && { body }) });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer.body.correction_id as string;
  }

  function minutes(vehicle_id: string, ...all: readonly number[]): Promise<string> {
    return ingest(...all.map((minute) => ({ vehicle_id, ts: at(minute * MINUTE), rpm: 900 })));
  }

  test('takes it away: what is sent of it again is answered as before, and stays away', async () => {
    const trip_id = await minutes('gone', -2, -1);
    await change(`/v1/trips/${trip_id}`, undefined, 'DELETE');
    const again = await server.ingest({ vehicle_id: 'gone', ts: at(-2 * MINUTE), rpm: 900 });
    const inside = await server.ingest({ vehicle_id: 'gone', ts: at(-1.5 * MINUTE), rpm: 900 });

    expect([again.status, inside.status]).toEqual([200, 200]);
    expect([(await get(`/v1/trips/${trip_id}`)).status, await tripIds('gone')]).toEqual([404, []]);
    expect((await get(`/v1/trips/${trip_id}/events`)).status).toBe(404);
    expect((await get('/v1/vehicles/gone/latest')).status).toBe(404);
    expect((await get('/v1/vehicles/gone/history?signal=rpm')).body.points).toEqual([]);
  });

  test.each<[string, string, object, number]>([
    ['nothing', '', {}, 422],
    ['a name that is none', '', { name: 7 }, 422],
    ['something unknown', '', { colour: 'red' }, 422],
    ['no place to split', '/split', {}, 422],
    ['a place that is no time', '/split', { at: 'noon' }, 400],
    ['a place outside', '/split', { at: at(0) }, 422],
    ['another trip that is none', '/merge', { with: 'x' }, 422],
    ['another trip that is not there', '/merge', { with: 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0d' }, 404],
  ])('with %s is refused', async (_what, path, body, status) => {
    const trip_id = await minutes('refused', -2, -1);
    const answer = await server.request(`/v1/trips/${trip_id}${path}`, {
      method: path === '' ? 'PATCH' : 'POST',
      body,
    });

    expect(answer.status).toBe(status);
    expect((await get('/v1/trips?vehicle=refused')).body.trips).toMatchObject([{ name: null, event_count: 2 }]);
  });
});
