/** Lists of trips: which, in which order, page by page; and what addresses answer. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
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

describe('the list of trips', () => {
  beforeAll(() => drive('paged', 1, 2, 3, 4, 5, 6, 7));

  /** All pages of a vehicle; what happens before each further page. */
  async function pages(vehicle: string, limit: number, between: (page: number) => Promise<unknown> = async () => {}) {
    const all = [];
    let cursor = '';
    for (let page = 1; page < 20; page++) {
      const { body } = await get(`/v1/trips?vehicle=${vehicle}&limit=${limit}${cursor}`);
      all.push(...body.trips);
      if (body.next_cursor === null) return all;
      expect(body.trips).toHaveLength(limit);
      cursor = `&cursor=${body.next_cursor}`;
      await between(page);
    }
    throw new Error('the pages do not end');
  }

  test('is newest first, all of it in pages of any size', async () => {
    for (const limit of [1, 2, 3, 7, 8]) expect(hoursAgo(await pages('paged', limit))).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('goes on where a page ended, though newer trips came', async () => {
    await drive('growing', 1, 2, 3, 4, 5, 6, 7);
    const all = await pages('growing', 2, (page) => drive('growing', -page / 100));

    expect(hoursAgo(all)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('tells apart trips that began at the same time', async () => {
    const ts = at(-20 * HOUR);
    await server.ingest(Array.from({ length: 5 }, (_, index) => ({ vehicle_id: `same-${index}`, ts, rpm: 1 })));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`/v1/trips?from=${ts}&to=${ts}&limit=2${cursor}`);
      seen.push(...body.trips.map(({ vehicle }: { vehicle: string }) => vehicle));
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
    } while (cursor !== '');

    expect(seen.toSorted()).toEqual(['same-0', 'same-1', 'same-2', 'same-3', 'same-4']);
  });

  test.each<[string, string, readonly number[]]>([
    ['from on', `from=${at(-3 * HOUR)}`, [1, 2, 3]],
    ['from the end of a trip on', `from=${at(60_000 - 3 * HOUR)}`, [1, 2, 3]],
    ['from behind the end of a trip', `from=${at(60_001 - 3 * HOUR)}`, [1, 2]],
    ['to the start of a trip', `to=${at(-5 * HOUR)}`, [5, 6, 7]],
    ['to before the start of a trip', `to=${at(-5 * HOUR - 1)}`, [6, 7]],
    ['within a trip', `from=${at(30_000 - 4 * HOUR)}&to=${at(31_000 - 4 * HOUR)}`, [4]],
    ['where nothing is', `from=${at(-90 * HOUR)}&to=${at(-80 * HOUR)}`, []],
  ])('has the trips that overlap a time: %s', async (_what, query, expected) => {
    const { body } = await get(`/v1/trips?vehicle=paged&${query}`);

    expect(hoursAgo(body.trips)).toEqual(expected);
  });

  test('has the trips of the vehicles that a viewer may see', async () => {
    await drive('shown', 1);
    const { body } = await get('/v1/trips', await server.viewer('shown'));

    expect(body.trips).toMatchObject([{ vehicle: 'shown', event_count: 2, max_speed_kph: 60 }]);
  });

  test.each([
    'limit=0',
    'limit=501',
    'limit=1e2',
    'limit=5&limit=5',
    'from=yesterday',
    'to=2025-02-31T00:00:00Z',
    'cursor=x',
    'cursor=W10',
    'cursor=eyJhIjoxfQ',
    'vehicle=my%20golf',
  ])('refuses %s', async (query) => {
    const { status, body } = await get(`/v1/trips?${query}`);

    expect([status, body.type]).toEqual([400, 'urn:fleet-telemetry:problem:malformed-request']);
  });
});

describe('an address', () => {
  test.each<[string, string, number, string | null]>([
    ['HEAD', '/v1/trips', 200, null],
    ['HEAD', '/v1/live', 200, null],
    ['HEAD', '/healthz', 200, null],
    ['OPTIONS', '/v1/trips', 204, 'POST, GET, HEAD'],
    ['OPTIONS', '/v1/ingest', 204, 'POST'],
    ['PUT', '/v1/trips', 405, 'POST, GET, HEAD'],
    ['GET', '/v1/ingest', 405, 'POST'],
    ['GET', '/v1/session/', 401, null],
    ['GET', '/v1/Trips', 404, null],
    ['GET', '/v1/trips/x/y/z', 404, null],
    ['GET', '/v2/trips', 404, null],
  ])('%s %s is answered %i', async (method, path, status, allow) => {
    const key = path.includes('session') ? '' : server.admin;
    const answer = await server.request(path, { method, key });

    expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow]);
    if (method === 'HEAD') expect(answer.text).toBe('');
    else if (status >= 400) expect(answer.body).toMatchObject({ status });
  });
});
