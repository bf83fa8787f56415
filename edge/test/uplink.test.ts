/** The uplink against the real server: what is in the outbox comes to be on the server, whatever answers in between. */
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problem, problemDocument } from '@fleet/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outbox } from '../src/outbox/outbox.ts';
import { createHttpClient } from '../src/uplink/http-client.ts';
import type { Uplink } from '../src/uplink/uplink.ts';
import { BEGAN_MS, driven, openOutbox, TRIP, useFolders, withTrip } from './outbox-kit.ts';
import { drained, KEY, type Server, startServer, until, uplinkTo, watched } from './server-kit.ts';

const folderFor = useFolders();
let server: Server;
let outbox: Outbox;
let uplink: Uplink | undefined;
/** A car of its own for each test: they share the server. */
let car = '';
let cars = 0;
const doors: HttpServer[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  outbox = openOutbox(folderFor());
  cars++;
  car = `car-${cars}`;
});
afterEach(async () => {
  await uplink?.stop();
  outbox.close();
  for (const door of doors.splice(0)) door.close();
});

/** Something that answers in the server's place, or before it; what it leaves alone is passed on. */
async function door(handle: (req: IncomingMessage, res: ServerResponse, body: Buffer) => boolean): Promise<string> {
  const between = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (handle(req, res, body)) return;
    const { host: _host, connection: _connection, ...headers } = req.headers as Record<string, string>;
    const hasBody = req.method !== 'GET';
    const passed = fetch(server.url + req.url, { method: `${req.method}`, headers, ...(hasBody && { body }) });
    const answer = await passed.catch(() => undefined);
    if (answer === undefined) return void res.destroy();
    res.writeHead(answer.status, {
      'content-type': `${answer.headers.get('content-type')}`,
      date: new Date().toUTCString(),
    });
    res.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, '127.0.0.1');
  doors.push(between);
  await new Promise((resolve) => between.once('listening', resolve));
  return `http://127.0.0.1:${(between.address() as AddressInfo).port}`;
}

const say = (res: ServerResponse, status: number, text: string, headers = {}) => {
  res.writeHead(status, headers).end(text);
  return true;
};

const hangUp = (res: ServerResponse) => {
  res.destroy();
  return true;
};

const tell = (res: ServerResponse, status: number, body: unknown, headers = {}) => {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
};

/** Exactly these seqs of the trip are on the server, with what was measured. */
async function expectStored(seqs: readonly number[]): Promise<void> {
  const events = (await server.events(car)).toSorted((a, b) => a.seq - b.seq);
  expect(events.map(({ seq, ts, values }) => [seq, Date.parse(ts), values])).toEqual(
    seqs.map((seq) => [seq, BEGAN_MS + seq * 1_000, { rpm: 800 + (seq % 5_000) }]),
  );
}

const seqsTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('a drive that is over', () => {
  test('is uploaded in chunks, completed, and deleted here', async () => {
    withTrip(outbox, 2_345, { vehicle: car });
    const client = watched(createHttpClient({ url: server.url, key: KEY }));
    uplink = uplinkTo(server.url, outbox, { client });
    await drained(outbox);

    await expectStored(seqsTo(2_345));
    // Chunks are under way side by side: which is out first is nobody's promise.
    expect(client.sent.filter((line) => line.startsWith('PUT')).toSorted()).toEqual(
      [1, 2, 3].map((no) => `PUT /v1/trips/:id/chunks/${no}`),
    );
    expect(await server.ask(`/v1/trips/${TRIP}/upload?vehicle=${car}`)).toMatchObject({
      completed: true,
      event_count: 2_345,
    });
    expect(outbox.figures()).toMatchObject({ trips: 0, unsent: 0 });
  });

  test('goes on where it broke off: what has a receipt is not sent again', async () => {
    withTrip(outbox, 2_500, { vehicle: car });
    let hasBroken = false;
    const url = await door((req, res) => {
      if (!`${req.url}`.includes('/chunks/3')) return false;
      hasBroken = true;
      return hangUp(res);
    });
    uplink = uplinkTo(url, outbox);
    // Two chunks are under way at a time: the third may break off before the others have their receipts.
    await until(
      async () => (await server.ask(`/v1/trips/${TRIP}/upload?vehicle=${car}`)) as { chunks?: unknown[] },
      ({ chunks }) => hasBroken && chunks?.length === 2,
    );
    await uplink.stop();
    outbox.commit();

    const client = watched(createHttpClient({ url: server.url, key: KEY }));
    uplink = uplinkTo(server.url, outbox, { client });
    await drained(outbox);

    expect(client.sent.filter((line) => line.startsWith('PUT'))).toEqual(['PUT /v1/trips/:id/chunks/3']);
    await expectStored(seqsTo(2_500));
  });

  test('a chunk whose answer was lost is recognized by its digest', async () => {
    withTrip(outbox, 10, { vehicle: car });
    let lost = false;
    const url = await door((req, res, body) => {
      if (req.method !== 'PUT' || lost) return false;
      lost = true;
      const { host: _, connection: __, ...headers } = req.headers as Record<string, string>;
      void fetch(server.url + req.url, { method: 'PUT', headers, body }).then(() => res.destroy());
      return true;
    });
    const client = watched(createHttpClient({ url, key: KEY }));
    uplink = uplinkTo(url, outbox, { client });
    await drained(outbox);

    expect(client.sent.filter((line) => line.startsWith('PUT'))).toHaveLength(1);
    await expectStored(seqsTo(10));
  });

  test('what the server forgot is sent again before the drive is deleted', async () => {
    withTrip(outbox, 1_200, { vehicle: car });
    let forgotten: Promise<void> | undefined;
    const url = await door((req, res) => {
      if (!req.url?.includes('/complete') || forgotten !== undefined) return false;
      forgotten = server.forget().then(() => void res.destroy());
      return true;
    });
    uplink = uplinkTo(url, outbox);
    await drained(outbox);

    await expectStored(seqsTo(1_200));
  });

  test('events that can never be taken are set aside by name, the others arrive', async () => {
    withTrip(outbox, 5, { ended: false, vehicle: car });
    for (const seq of [6, 7]) outbox.record({ ...driven(seq, seq)[0]!, values: { rpm: seq === 6 ? 99_999 : 1 } });
    outbox.endTrips(null);
    outbox.commit();
    uplink = uplinkTo(server.url, outbox);
    await drained(outbox);

    expect(outbox.figures()).toMatchObject({ set_aside: 1, unsent: 0 });
    expect((await server.events(car)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 7]);
  });

  test('a trip whose seqs are taken by other events keeps them, as a trip of its own', async () => {
    withTrip(outbox, 20, { vehicle: car });
    const other = { vehicle_id: car, trip_id: TRIP, seq: 3, ts: '2026-10-01T09:30:00Z', rpm: 1 };
    await fetch(`${server.url}/v1/ingest`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(other),
    });
    uplink = uplinkTo(server.url, outbox);
    await drained(outbox);

    const events = await server.events(car);
    expect(events).toHaveLength(21);
    expect(events.find(({ ts }) => Date.parse(ts) === BEGAN_MS + 3_000)).toMatchObject({
      seq: 1,
      values: { rpm: 803 },
    });
    expect(await server.trips(car)).toHaveLength(2);
  });

  test('nobody knows whose it is: it waits, and says so', async () => {
    const unpinned = openOutbox(folderFor());
    unpinned.noteTime({ source: 'gnss', offsetMs: BEGAN_MS }, false);
    unpinned.beginTrip({ trip_id: TRIP, started_at: '2026-10-01T08:00:00Z', vin: null });
    for (const event of driven(1, 3)) unpinned.record(event);
    unpinned.endTrips(null);
    unpinned.commit();
    uplink = uplinkTo(server.url, unpinned, { vehicle: undefined });
    await until(
      () => uplink?.state().why,
      (why) => `${why}`.includes('set VEHICLE'),
    );
    await uplink.stop();
    unpinned.close();
    expect(await server.trips(car)).toEqual([]);
  });
});

describe('a drive that goes on', () => {
  test('is sent as it is measured, and completed at its end', async () => {
    withTrip(outbox, 1, { ended: false, vehicle: car });
    let current: string | null = TRIP;
    const client = watched(createHttpClient({ url: server.url, key: KEY }));
    uplink = uplinkTo(server.url, outbox, { client, currentTrip: () => current });
    for (let seq = 2; seq <= 6; seq++) {
      outbox.record(driven(seq, seq)[0]!);
      outbox.commit();
      await until(
        () => server.events(car),
        (events) => events.length === seq,
      );
    }
    current = null;
    outbox.endTrips(null);
    await drained(outbox);

    expect(client.sent.some((line) => line.startsWith('PUT'))).toBe(false);
    expect(await server.ask(`/v1/trips/${TRIP}/upload?vehicle=${car}`)).toMatchObject({
      completed: true,
      event_count: 6,
    });
    await expectStored(seqsTo(6));
  });

  test('what is older goes as an upload beside it', async () => {
    withTrip(outbox, 1_500, { ended: false, vehicle: car });
    let current: string | null = TRIP;
    const client = watched(createHttpClient({ url: server.url, key: KEY }));
    uplink = uplinkTo(server.url, outbox, { client, currentTrip: () => current });
    await until(
      () => outbox.figures().unsent,
      (count) => count === 0,
    );
    expect(client.sent).toEqual(expect.arrayContaining(['POST /v1/ingest', 'PUT /v1/trips/:id/chunks/2']));
    current = null;
    outbox.endTrips(null);
    await drained(outbox);
    await expectStored(seqsTo(1_500));
  });

  test('begins a new trip when its seqs are taken', async () => {
    withTrip(outbox, 3, { ended: false, vehicle: car });
    let current: string | null = TRIP;
    outbox.onConflict = () => {
      current = null;
      outbox.endTrips(null);
    };
    await fetch(`${server.url}/v1/ingest`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ vehicle_id: car, trip_id: TRIP, seq: 2, ts: '2026-10-01T09:30:00Z', rpm: 1 }),
    });
    uplink = uplinkTo(server.url, outbox, { currentTrip: () => current });
    await drained(outbox);
    expect(await server.events(car)).toHaveLength(4);
    expect(current).toBeNull();
  });
});

describe('something else answers', () => {
  test.each([
    ['a captive portal', (res: ServerResponse) => say(res, 200, '<h1>Free Wi-Fi</h1>')],
    ['a portal that speaks JSON', (res: ServerResponse) => tell(res, 200, { accepted: true, name: 'lobby' })],
    ['a redirect', (res: ServerResponse) => say(res, 302, '', { location: 'http://10.0.0.1/' })],
    ['an unknown key', (res: ServerResponse) => tell(res, 401, problemDocument(problem('unauthorized', 'no')))],
    ['too many requests', (res: ServerResponse) => tell(res, 429, problemDocument(problem('rate-limited', 'no')))],
    [
      'a server that is stopping',
      (res: ServerResponse) => tell(res, 503, problemDocument(problem('shutting-down', 'no')), { 'retry-after': '7' }),
    ],
  ])('%s: everything is kept, and sent when it is over', async (_, handle) => {
    withTrip(outbox, 30, { vehicle: car });
    let tries = 0;
    const url = await door((_req, res) => tries++ < 4 && handle(res));
    const started = uplinkTo(url, outbox);
    uplink = started;
    await drained(outbox);

    expect(started.pauses.length).toBeGreaterThanOrEqual(4);
    expect(outbox.figures().set_aside).toBe(0);
    await expectStored(seqsTo(30));
  });

  test('only after our server was recognized is an event sent', async () => {
    withTrip(outbox, 5, { vehicle: car });
    const asked: string[] = [];
    const url = await door((req, res) => asked.push(`${req.url}`) > 0 && say(res, 200, 'hello'));
    uplink = uplinkTo(url, outbox);
    await until(
      () => asked.length,
      (count) => count > 5,
    );
    expect(new Set(asked)).toEqual(new Set(['/v1/session']));
    expect(uplink.state()).toEqual({ open: false, why: 'somebody else answers (200)' });
  });

  test('what the server asks to wait is waited', async () => {
    withTrip(outbox, 5, { vehicle: car });
    let tries = 0;
    const busy = problemDocument(problem('overloaded', 'later'));
    const url = await door((_req, res) => tries++ < 2 && tell(res, 503, busy, { 'retry-after': '9' }));
    const started = uplinkTo(url, outbox);
    uplink = started;
    await drained(outbox);
    expect(started.pauses.filter((ms) => ms >= 9_000)).toHaveLength(2);
  });

  test.each([
    ['an upload', true],
    ['live', false],
  ])('a proxy finds bodies too large: they are halved until they fit (%s)', async (_, ended) => {
    withTrip(outbox, 250, { ended, vehicle: car });
    const url = await door((req, res, body) => {
      const isData = req.url === '/v1/ingest' || req.method === 'PUT';
      return isData && body.length > 900 && say(res, 413, 'no');
    });
    uplink = uplinkTo(url, outbox, { currentTrip: () => (ended ? null : TRIP) });
    await until(
      () => outbox.figures().unsent,
      (count) => count === 0,
    );
    await expectStored(seqsTo(250));
  });

  describe('a key that is for one vehicle', () => {
    const other = '7d9c8c5e-6a1b-4a4e-9a39-3f1f1c3d9d11';
    let key: string;

    beforeEach(async () => {
      const response = await fetch(`${server.url}/v1/devices`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.target.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `edge of ${car}`, vehicles: [car] }),
      });
      ({ key } = (await response.json()) as { key: string });
      withTrip(outbox, 5, { vehicle: `not-${car}` });
      withTrip(outbox, 3, { trip_id: other, vehicle: car });
    });

    const eventCounts = async () =>
      (await server.trips()).flatMap(({ vehicle, event_count }) =>
        vehicle.endsWith(car) ? [`${vehicle} ${event_count}`] : [],
      );

    test('a drive that was meant for another, of which nothing was sent, goes for it', async () => {
      uplink = uplinkTo(server.url, outbox, { key, vehicle: car });
      await drained(outbox);
      expect((await eventCounts()).sort()).toEqual([`${car} 3`, `${car} 5`]);
    });

    test('a drive that was sent in part for another stays that of the other: it waits, and no other does', async () => {
      outbox.shipping.markSent(TRIP, [[1, 1]]);
      const started = uplinkTo(server.url, outbox, { key, vehicle: car });
      uplink = started;
      await until(
        () => outbox.shipping.openTrips().length,
        (count) => count === 1,
      );
      await until(
        () => started.state().why,
        (why) => `${why}`.includes(`may not speak for not-${car}`),
      );
      expect(started.state().open).toBe(true);
      expect(await eventCounts()).toEqual([`${car} 3`]);
      expect(outbox.figures()).toMatchObject({ unsent: 4, set_aside: 0 });
    });

    test('a drive that goes on is sent for it after the setting was mended', async () => {
      const current = '2c1f7e1a-90e7-4c2b-8d53-4f0a8b6f1e77';
      withTrip(outbox, 4, { trip_id: current, vehicle: `not-${car}`, ended: false });
      uplink = uplinkTo(server.url, outbox, { key, vehicle: car, currentTrip: () => current });
      await until(
        () => outbox.figures().unsent,
        (count) => count === 0,
      );
      expect(await eventCounts()).toContain(`${car} 4`);
    });
  });
});
