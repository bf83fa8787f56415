/** Vehicles: which there are, their names, how they are and how they were. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
const VIN = 'WAUZZZFY0R1234567';
const HOUR = 3_600_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { now: () => NOW });
});
afterAll(() => server.stop());

function at(ms: number): string {
  return new Date(NOW + ms).toISOString().replace('.000Z', 'Z');
}

async function get(path: string, key?: string) {
  return server.request(path, key === undefined ? {} : { key });
}

/** Trips of one minute each, that began so many hours ago. */
async function drive(vehicle_id: string, ...hours: readonly number[]): Promise<void> {
  const events = hours.flatMap((ago) =>
    [0, 60_000].map((ms) => ({ vehicle_id, ts: at(ms - ago * HOUR), speed_kph: 60 })),
  );
  expect((await server.ingest(events)).body.accepted).toBe(events.length);
}

/** When the trips began, in hours before now, in the order of the answer. */
function hoursAgo(trips: readonly { started_at: string }[]): number[] {
  return trips.map(({ started_at }) => (NOW - Date.parse(started_at)) / HOUR);
}

describe('a time that is asked for', () => {
  test.each(['1970-01-01T00:00:00Z', '1969-07-20T20:17:40Z', '0001-01-01T00:00:00Z'])('may be %s', async (from) => {
    await drive('ever', 3);
    const trips = await get(`/v1/trips?vehicle=ever&from=${from}`);
    const history = await get(`/v1/vehicles/ever/history?signal=speed_kph&step=36500d&from=${from}`);
    const none = await get(`/v1/trips?vehicle=ever&from=${from}&to=2009-12-31T00:00:00Z`);

    expect(hoursAgo(trips.body.trips)).toEqual([3]);
    expect([history.status, history.body.points?.length]).toEqual([200, 1]);
    expect(none.body.trips).toEqual([]);
  });

  test("of another vehicle is refused in a reader's words", async () => {
    const { status, body } = await get('/v1/trips?vehicle=ever', await server.viewer('golf'));

    expect([status, body.title]).toEqual([403, 'This key is not for that vehicle']);
    expect(body.detail).toBe('this key may not read ever');
  });
});

describe('the list of vehicles', () => {
  test('has those with trips and those with a name, each by its one name', async () => {
    await drive('list-b', 5, 3);
    await server.ingest({ vehicle_id: 'list-phone', ts: at(0), rpm: 1 });
    await server.request('/v1/vehicles/list-a', { method: 'PUT', body: { name: 'Älteste' } });
    await server.request('/v1/vehicles/list-c', { method: 'PUT', body: { name: 'Golf', aliases: ['list-phone'] } });
    const { vehicles } = (await get('/v1/vehicles')).body;
    const mine = vehicles.filter(({ vehicle }: { vehicle: string }) => vehicle.startsWith('list-'));

    expect(mine).toEqual([
      { vehicle: 'list-a', name: 'Älteste', aliases: [], last_ts: null },
      { vehicle: 'list-b', name: null, aliases: [], last_ts: at(60_000 - 3 * HOUR) },
      { vehicle: 'list-c', name: 'Golf', aliases: ['list-phone'], last_ts: at(0) },
    ]);
  });

  test('shows a viewer theirs, called by whatever name', async () => {
    await drive('seen', 1);
    await drive('unseen', 1);
    await server.request('/v1/vehicles/seen', { method: 'PUT', body: { aliases: ['seen-too'] } });
    const { body } = await get('/v1/vehicles', await server.viewer('seen-too', 'not-there'));

    expect(body.vehicles).toMatchObject([{ vehicle: 'seen' }]);
  });
});

describe('the name of a vehicle', () => {
  beforeAll(async () => {
    const records = { car: { name: 'Golf', aliases: ['car-phone', 'car-dongle'] }, van: { name: 'Van' } };
    for (const [vehicle, body] of Object.entries(records))
      await server.request(`/v1/vehicles/${vehicle}`, { method: 'PUT', body });
  });

  test('and its aliases stay where only the other is set', async () => {
    const renamed = await server.request('/v1/vehicles/car', { method: 'PUT', body: { name: 'Polo' } });
    const unnamed = await server.request('/v1/vehicles/car', { method: 'PUT', body: { name: null } });

    expect(renamed.body).toEqual({ vehicle: 'car', name: 'Polo', aliases: ['car-phone', 'car-dongle'] });
    expect(unnamed.body).toEqual({ vehicle: 'car', name: null, aliases: ['car-phone', 'car-dongle'] });
  });

  test.each<[string, string, object, number, RegExp]>([
    ['itself as an alias', 'car', { aliases: ['car'] }, 409, /one name already/],
    ["another car's alias", 'van', { aliases: ['car-phone'] }, 409, /alias of car/],
    ['a car that has aliases of its own as an alias', 'van', { aliases: ['car'] }, 409, /aliases of its own/],
    ['an alias as the one name', 'car-phone', { name: 'x' }, 409, /alias of car/],
    ['the same alias twice', 'van', { aliases: ['x', 'x'] }, 422, /aliases/],
    ['an alias that is none', 'van', { aliases: ['my phone'] }, 422, /aliases/],
    ['something unknown', 'van', { colour: 'red' }, 422, /additional/],
  ])('can not be %s', async (_what, vehicle, body, status, why) => {
    const answer = await server.request(`/v1/vehicles/${vehicle}`, { method: 'PUT', body });

    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(why)]);
    const { vehicles } = (await get('/v1/vehicles')).body;
    expect(vehicles).toContainEqual(expect.objectContaining({ vehicle: 'van', aliases: [] }));
  });

  test('can be another once it was forgotten', async () => {
    await server.request('/v1/vehicles/old', { method: 'PUT', body: { aliases: ['freed'] } });
    const forgotten = await server.request('/v1/vehicles/old', { method: 'DELETE' });
    const again = await server.request('/v1/vehicles/old', { method: 'DELETE' });
    const taken = await server.request('/v1/vehicles/young', { method: 'PUT', body: { aliases: ['freed'] } });

    expect([forgotten.status, again.status, taken.status]).toEqual([204, 404, 200]);
  });
});

describe('a vehicle', () => {
  test('is as it was last: the newest of each signal, and when that was where it is older', async () => {
    await server.ingest([
      { vehicle_id: VIN, ts: at(-3_000), lat: 47, lon: 8, rpm: 800, dtcs: ['P0301'] },
      { vehicle_id: VIN, ts: at(-1_000), rpm: 900, boost_bar: 0.5 },
      { vehicle_id: VIN, ts: at(-2_000), rpm: 850, coolant_c: 88 },
    ]);
    const { body } = await get(`/v1/vehicles/${VIN}/latest`);

    expect(body).toEqual({
      vehicle: VIN,
      name: null,
      trip_id: expect.any(String),
      ts: at(-1_000),
      rpm: 900,
      boost_bar: 0.5,
      coolant_c: 88,
      lat: 47,
      lon: 8,
      dtcs: ['P0301'],
      older: { coolant_c: at(-2_000), lat: at(-3_000), lon: at(-3_000) },
    });
  });

  test.each([
    ['/v1/vehicles/never-seen/latest', 404, 'vehicle-not-found'],
    ['/v1/vehicles/my%20golf/latest', 400, 'malformed-request'],
    ['/v1/vehicles/%C3%A4/history?signal=rpm', 400, 'malformed-request'],
  ])('%s is answered %i %s', async (path, status, slug) => {
    const answer = await get(path);

    expect([answer.status, answer.body.type]).toEqual([status, `urn:fleet-telemetry:problem:${slug}`]);
  });
});

describe('the history of a signal', () => {
  beforeAll(async () => {
    const seconds = Array.from({ length: 600 }, (_, second) => second);
    await server.ingest(
      seconds.map((second) => ({ vehicle_id: 'history', ts: at(second * 1_000 - HOUR), rpm: second })),
    );
  });

  const path = '/v1/vehicles/history/history?signal=rpm';

  test('is told minute by minute', async () => {
    const { body } = await get(path);

    expect(body).toMatchObject({ vehicle: 'history', signal: 'rpm', step_s: 60 });
    expect(body.points).toHaveLength(10);
    expect(body.points[1]).toEqual({ ts: at(60_000 - HOUR), count: 60, mean: 89.5, min: 60, max: 119 });
  });

  test('is told in longer steps', async () => {
    const { body } = await get(`${path}&step=5m`);

    expect(body.points.map(({ ts, count }: { ts: string; count: number }) => [ts, count])).toEqual([
      [at(-HOUR), 300],
      [at(300_000 - HOUR), 300],
    ]);
  });

  test('is told of a stretch of time', async () => {
    const { body } = await get(`${path}&from=${at(120_000 - HOUR)}&to=${at(239_999 - HOUR)}`);

    expect(body.points.map(({ min }: { min: number }) => min)).toEqual([120, 180]);
  });

  test('of a signal that never was is empty', async () => {
    expect((await get(path.replace('rpm', 'oil_c'))).body.points).toEqual([]);
  });

  test.each(['&step=90s', '&step=0m', '&step=x', '&from=x', `&from=${at(-60_000 * 60_000)}`, '&signal=rpm', ''])(
    'refuses %s',
    async (query) => {
      const { status } = await get(query === '' ? '/v1/vehicles/history/history' : path + query);

      expect(status).toBe(400);
    },
  );
});
