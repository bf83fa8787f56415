/** The events of a trip over HTTP: every format, fewer points, and piece by piece. */
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventRow, EventStore } from '../src/ports.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
/** Until the buffers between server and client are full: a row of GeoJSON is a few bytes. */
const STANDS_WITHIN_MS = 15_000;
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const EVENTS = [
  { ts: '2025-11-04T11:00:00Z', seq: 1, lat: 47, lon: 8, speed_kph: 36, rpm: 900 },
  { ts: '2025-11-04T11:00:01.500Z', seq: 2, speed_kph: 38, boost_bar: 0.25 },
  { ts: '2025-11-04T11:00:03Z', seq: 3, lat: 47.0004, lon: 8, altitude_m: 408, speed_kph: 40, dtcs: ['P0301'] },
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { now: () => NOW });
  const sent = EVENTS.map((event) => ({ vehicle_id: 'golf', trip_id: TRIP, ...event }));
  expect((await server.ingest(sent.toReversed())).body.accepted).toBe(3);
});
afterAll(() => server.stop());

async function get(path: string, accept?: string) {
  return server.request(path, accept === undefined ? {} : { headers: { accept } });
}

const path = `/v1/trips/${TRIP}/events`;
const asTold = EVENTS.map(({ ts, seq, ...values }) => ({ ts, seq, source: 'device 1', ...values }));

describe('the events of a trip', () => {
  test('come in the order of time, as JSON unless something else is asked for', async () => {
    const { status, headers, body } = await get(path);

    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(body).toEqual({ trip_id: TRIP, vehicle: 'golf', events: asTold });
  });

  test.each<[string, string, (text: string) => void]>([
    ['json', 'application/json', (text) => expect(JSON.parse(text).events).toEqual(asTold)],
    [
      'ndjson',
      'application/x-ndjson',
      (text) =>
        expect(
          text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ).toEqual(asTold),
    ],
    [
      'csv',
      'text/csv; charset=utf-8',
      (text) =>
        expect(text.split('\r\n')).toEqual([
          'ts,seq,source,speed_kph,rpm,lat,lon,altitude_m,boost_bar,dtcs',
          '2025-11-04T11:00:00Z,1,device 1,36,900,47,8,,,',
          '2025-11-04T11:00:01.500Z,2,device 1,38,,,,,0.25,',
          '2025-11-04T11:00:03Z,3,device 1,40,,47.0004,8,408,,P0301',
          '',
        ]),
    ],
    [
      'gpx',
      'application/gpx+xml',
      (text) => {
        expect(text).toMatch(/^<\?xml/);
        expect([...text.matchAll(/<trkpt lat="([\d.]+)"/g)].map(([, lat]) => lat)).toEqual(['47', '47.0004']);
      },
    ],
    [
      'geojson',
      'application/geo+json',
      (text) =>
        expect(JSON.parse(text)).toMatchObject({
          type: 'Feature',
          geometry: {
            type: 'MultiLineString',
            coordinates: [
              [
                [8, 47],
                [8, 47.0004, 408],
              ],
            ],
          },
        }),
    ],
  ])('come as %s by suffix and by media type', async (suffix, mediaType, check) => {
    const bySuffix = await get(`${path}.${suffix}`, 'image/png');
    const byType = await get(path, `image/png, ${mediaType.split(';')[0]};q=0.8, */*;q=0.1`);

    for (const answer of [bySuffix, byType]) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mediaType]);
      check(answer.text);
    }
  });

  test('come in no format that there is not', async () => {
    const answer = await get(path, 'image/png');

    expect([answer.status, answer.body.type]).toEqual([406, 'urn:fleet-telemetry:problem:not-acceptable']);
    expect((await get(`${path}.png`)).status).toBe(404);
  });

  test('have the fields that are asked for', async () => {
    const { body } = await get(`${path}?fields=rpm,boost_bar,never_seen`);
    const csv = await get(`${path}.csv?fields=rpm,never_seen`);

    expect(
      body.events.map(({ seq, ts, source, ...values }: { seq: number; ts: string; source: string }) => values),
    ).toEqual([{ rpm: 900 }, { boost_bar: 0.25 }, { dtcs: ['P0301'] }]);
    expect(csv.text.split('\r\n')[0]).toBe('ts,seq,source,rpm,never_seen,dtcs');
  });

  test.each([
    'fields=',
    'fields=Boost',
    'fields=rpm,',
    'fields=rpm&fields=lat',
    'max_points=1',
    'max_points=0',
    'max_points=x',
  ])('are not told for ?%s', async (query) => {
    const { status, body } = await get(`${path}?${query}`);

    expect([status, body.type]).toEqual([400, 'urn:fleet-telemetry:problem:malformed-request']);
  });
});

describe('a long trip', () => {
  const LENGTH = 3_000;
  /** By the second; in their order the highest comes first. */
  const PEAKS: Readonly<Record<number, number>> = { 1234: 199, 2900: 120 };
  const LONG = 'aaaaaaaa-0000-4000-8000-000000000000';
  beforeAll(async () => {
    const events = Array.from({ length: LENGTH }, (_, second) => ({
      vehicle_id: 'long',
      trip_id: LONG,
      seq: second + 1,
      ts: new Date(NOW - (LENGTH - second) * 1_000).toISOString(),
      lat: 47 + second / 10_000,
      lon: 8,
      speed_kph: PEAKS[second] ?? second % 50,
    }));
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await server.request('/v1/ingest', {
      headers,
      body: events.map((each) => JSON.stringify(each)).join('\n'),
    });
    expect(answer.body.accepted).toBe(LENGTH);
  });

  test.each([2, 10, 100, LENGTH, 1_000_000])(
    'has %i points, or all, when that is asked for, its peaks among them',
    async (most) => {
      const { body } = await get(`/v1/trips/${LONG}/events?fields=speed_kph&max_points=${most}`);

      expect(body.events).toHaveLength(Math.min(most, LENGTH));
      expect([body.events[0].seq, body.events.at(-1).seq]).toEqual([1, LENGTH]);
      const speeds = body.events.map(({ speed_kph }: { speed_kph: number }) => speed_kph);
      if (most >= 10) expect(speeds).toEqual(expect.arrayContaining([199, 120]));
    },
  );

  test('is one line on a map, also with few points', async () => {
    for (const most of ['', '?max_points=20', '?max_points=2']) {
      const { body } = await get(`/v1/trips/${LONG}/events.geojson${most}`);
      expect(body.geometry.coordinates).toHaveLength(1);
    }
  });
});

describe('a track of few points', () => {
  const MIXED = crypto.randomUUID();
  const SECONDS = 2_000;

  test('has so many positions, also where most events have none', async () => {
    const events = Array.from({ length: SECONDS }, (_, second) => ({
      vehicle_id: 'golf',
      trip_id: MIXED,
      seq: second + 1,
      ts: new Date(NOW - 3_600_000 + 1_000 * second).toISOString(),
      rpm: 900 + ((second * 37) % 2_000),
      ...(second % 10 === 0 && { lat: 47 + second / 10_000, lon: 8 + Math.sin(second / 50) / 100 }),
    }));
    expect((await server.ingest(events)).body.accepted).toBe(SECONDS);

    const counts = await Promise.all(
      [100, 50, 2].map(async (most) => {
        const { body } = await get(`/v1/trips/${MIXED}/events.geojson?max_points=${most}`);
        return body.properties.times.flat().length;
      }),
    );

    expect(counts[0]).toBeLessThanOrEqual(100);
    expect(counts[0]).toBeGreaterThan(33);
    expect(counts[1]).toBeLessThanOrEqual(50);
    expect(counts[1]).toBeGreaterThan(16);
    expect(counts[2]).toBe(2);
  });
});

describe('a trip that goes on for ever', () => {
  /** What was read of it. */
  interface Endless {
    pages: number;
    ended: boolean;
  }

  const row: EventRow = { ts: NOW, seq: 1, trip: TRIP, source: 'phone', values: { lat: 47, lon: 8, speed_kph: 50 } };
  const page = Array<EventRow>(1_000).fill(row);

  /** Has the store tell pages of rows without end for every trip, or fail after some. */
  function endless(failAfter = Number.POSITIVE_INFINITY): Endless {
    const read: Endless = { pages: 0, ended: false };
    storeWith(async function* () {
      try {
        for (; read.pages < failAfter; read.pages++) yield page;
        throw new Error('the disk is gone');
      } finally {
        read.ended = true;
      }
    });
    return read;
  }

  function storeWith(rows: EventStore['rows']): void {
    (server.services.store as { rows: EventStore['rows'] }).rows = rows;
  }

  afterEach(() => {
    Reflect.deleteProperty(server.services.store, 'rows');
  });

  async function asked(suffix: string): Promise<{ req: ClientRequest; res: IncomingMessage }> {
    const headers = { authorization: `Bearer ${server.admin}` };
    const req = request(`${server.url}${path}.${suffix}`, { headers, agent: false }).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    return { req, res };
  }

  /** Waits until nothing is read any more. */
  async function standsStill(read: Endless): Promise<void> {
    let before = -1;
    const stands = async () => {
      const last = before;
      await server.request('/healthz');
      before = read.pages;
      return last === before;
    };
    await until(stands, (still) => still, STANDS_WITHIN_MS);
  }

  test.each(['json', 'ndjson', 'csv', 'gpx', 'geojson'])(
    'begins to come as %s at once, and is read no faster than the client reads',
    async (suffix) => {
      const before = server.logged().length;
      const read = endless();
      const { req, res } = await asked(suffix);
      await once(res, 'readable');
      await standsStill(read);

      expect(read.ended).toBe(false);
      req.destroy();
      await until(
        () => read.ended,
        (ended) => ended,
      );
      expect(server.logged().slice(before)).not.toContain('request failed');
    },
    20_000,
  );

  test('that can not be read to its end is cut off, so that nobody takes it for whole', async () => {
    endless(3);
    const { res } = await asked('ndjson');
    const end = new Promise((resolve) => {
      res.on('error', () => resolve('cut off')).on('end', () => resolve('whole'));
    });
    res.resume();

    expect([res.statusCode, await end]).toEqual([200, 'cut off']);
    expect(server.logged()).toContain('the disk is gone');
  });

  test('of which nothing can be read is a failure from the start, with a number that the log has too', async () => {
    endless(0);
    const { status, body, text } = await get(`${path}.csv`);

    expect([status, body.type]).toEqual([500, 'urn:fleet-telemetry:problem:internal']);
    expect(text).not.toContain('disk');
    expect(server.logged()).toContain(body.instance.split(':').at(-1));
  });

  test('of whose head somebody asks is not read on', async () => {
    const read = endless(100);
    const { status, text } = await server.request(`${path}.csv`, { method: 'HEAD' });

    expect([status, text]).toEqual([200, '']);
    await until(
      () => read.ended,
      (ended) => ended,
    );
    expect(read.pages).toBeLessThan(3);
  });
});
