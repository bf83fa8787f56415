/** What people change about trips: what it means for events that come later, for ids, for others who do the same. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UNDO_MS } from '../src/http/correction-routes.ts';
import { upkeep } from '../src/jobs/housekeeping.ts';
import { asTrip, chunkOf, Device } from './offline.ts';
import { startTestServer, type TestAnswer, type TestServer } from './server.ts';

const T0 = Date.UTC(2027, 5, 1, 12);
const TRIP = '8d5c3a40-0000-4000-8000-000000000000';

let now: number;
let server: TestServer;
beforeEach(async () => {
  now = T0 + 86_400_000;
  server = await startTestServer({ TRIP_IDLE_TIMEOUT: '100s' }, { now: () => now });
});
afterEach(() => server.stop());

/** Events at these seconds. */
function events(seconds: readonly number[], more: object = {}) {
  return seconds.map((second) => ({
    vehicle_id: 'golf',
    ts: new Date(T0 + second * 1_000).toISOString(),
    speed_kph: 36,
    ...more,
  }));
}

/** Events of the device's trip, numbered by their seconds from 1. */
function tripEvents(seconds: readonly number[]) {
  return seconds.map((second) => ({ ...events([second])[0], trip_id: TRIP, seq: second + 1 }));
}

function upTo(last: number, first = 0, step = 10): number[] {
  return Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step);
}

/** Sends events; the trip of the last one. */
async function send(all: readonly object[]): Promise<string> {
  const { body } = await server.ingest(all);
  expect(body).toMatchObject({ accepted: all.length, rejected: [] });
  return body.trips.at(-1).trip_id;
}

interface ListedTrip {
  readonly trip_id: string;
  readonly started_at: string;
  readonly event_count: number;
  readonly name: string | null;
}

async function trips(): Promise<ListedTrip[]> {
  return (await server.request('/v1/trips')).body.trips.toReversed();
}

async function counts(): Promise<number[]> {
  return (await trips()).map(({ event_count }) => event_count);
}

/** The trip that an id leads to, over any redirects. */
async function follow(id: string): Promise<ListedTrip | undefined> {
  let answer = await server.request(`/v1/trips/${id}`);
  for (let hops = 0; answer.status === 308 && hops < 5; hops++) {
    answer = await server.request(answer.headers.get('location') ?? '');
  }
  return answer.status === 200 ? answer.body : undefined;
}

function edit(id: string, what: 'split' | 'merge', body: object): Promise<TestAnswer> {
  return server.request(`/v1/trips/${id}/${what}`, { method: 'POST', body });
}

function rename(id: string, body: object): Promise<TestAnswer> {
  return server.request(`/v1/trips/${id}`, { method: 'PATCH', body });
}

function remove(id: string): Promise<TestAnswer> {
  return server.request(`/v1/trips/${id}`, { method: 'DELETE' });
}

function undo({ body }: TestAnswer): Promise<TestAnswer> {
  return server.request(`/v1/corrections/${body.correction_id}`, { method: 'DELETE' });
}

function at(second: number): string {
  return new Date(T0 + second * 1_000).toISOString();
}

async function storedEvents(): Promise<number> {
  return (await server.request('/v1/system')).body.stored_events;
}

function runUpkeep(): Promise<void> {
  return upkeep(server.services, UNDO_MS);
}

describe('a name', () => {
  test('and a note, given by two people at once, both hold', async () => {
    const id = await send(events(upTo(100)));

    const answers = await Promise.all([rename(id, { name: 'To the sea' }), rename(id, { note: 'rain all day' })]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await follow(id)).toMatchObject({ name: 'To the sea', note: 'rain all day' });
  });

  test('is taken away by an empty one, and the one before comes back with undoing', async () => {
    const id = await send(events(upTo(100)));
    await rename(id, { name: 'To the sea', note: 'rain' });
    now += 1;
    const emptied = await rename(id, { name: '' });
    expect(await follow(id)).toMatchObject({ name: null, note: 'rain' });

    await undo(emptied);

    expect(await follow(id)).toMatchObject({ name: 'To the sea', note: 'rain' });
  });

  test('stays with its drive when events come before and after, and when it is merged', async () => {
    const id = await send(events(upTo(100, 50)));
    await rename(id, { name: 'To the sea' });

    await send(events(upTo(40)));
    await send(events(upTo(200, 110)));
    const other = await send(events(upTo(1_100, 1_000)));
    await edit(other, 'merge', { with: id });

    expect(await trips()).toMatchObject([{ name: 'To the sea', event_count: 21 + 11 }]);
  });

  test('stays with the half that has the middle of the drive when it is split', async () => {
    const id = await send(events(upTo(100)));
    await rename(id, { name: 'To the sea' });

    await edit(id, 'split', { at: at(80) });

    expect((await trips()).map(({ name, event_count }) => [name, event_count])).toEqual([
      ['To the sea', 8],
      [null, 3],
    ]);
  });
});

describe('a deleted trip', () => {
  test('is gone, and stays away when its events are sent again, live or as chunks', async () => {
    const id = await send(tripEvents(upTo(100)));
    const loose = await send(events(upTo(1_100, 1_000)));
    for (const trip of [id, loose]) expect((await remove(trip)).status).toBe(200);
    const device = new Device({ url: server.url, key: await server.key('golf'), vehicle: 'golf', trip_id: TRIP });
    await device.announce();
    const chunk = chunkOf(1, asTrip(events(upTo(20, 0, 1)), TRIP, 'golf'));

    await send(tripEvents(upTo(300)));
    await send(events(upTo(1_100, 1_000)));
    const put = await device.putChunk(chunk);

    expect([put.status, put.body]).toMatchObject([200, { accepted: 21, rejected: [] }]);
    expect((await device.complete([chunk])).status).toBe(200);
    expect(await trips()).toEqual([]);
    expect([await follow(id), await follow(loose)]).toEqual([undefined, undefined]);
    expect(await storedEvents()).toBe(31 + 18 + 11);
    expect((await server.request('/metrics')).text).toContain('fleet_events_total{outcome="deleted"} 63');
  });

  test('of which the device sends events with other seqs and times stays deleted; another trip does not', async () => {
    await send(tripEvents(upTo(100)));
    await remove(TRIP);

    await send(tripEvents([500, 600]));
    await send(tripEvents([550]).map((event) => ({ ...event, trip_id: crypto.randomUUID() })));

    expect(await counts()).toEqual([1]);
  });

  test('comes back whole within a day, with its name and its id', async () => {
    const id = await send(events(upTo(100)));
    await rename(id, { name: 'To the sea' });
    const before = await server.request(`/v1/trips/${id}/events.json`);
    const deleted = await remove(id);
    expect(deleted.body.undo_until).toBe(new Date(now + UNDO_MS).toISOString().replace('.000', ''));

    now += UNDO_MS - 1;
    await runUpkeep();
    expect(await counts()).toEqual([]);
    expect((await undo(deleted)).status).toBe(204);

    expect(await trips()).toMatchObject([{ trip_id: id, name: 'To the sea', event_count: 11 }]);
    expect((await server.request(`/v1/trips/${id}/events.json`)).body).toEqual(before.body);
  });

  test('is purged after a day: its space is free, undoing is refused, and its tombstone stays', async () => {
    const many = events(upTo(9_990, 0, 1));
    const id = await send(many.slice(0, 2_000));
    for (let from = 2_000; from < many.length; from += 2_000) await send(many.slice(from, from + 2_000));
    await send(events([20_000]));
    expect(await counts()).toEqual([many.length, 1]);
    const { bytes } = await server.services.store.size();
    const deleted = await remove(id);

    now += UNDO_MS + 1;
    await runUpkeep();

    expect((await undo(deleted)).status).toBe(409);
    expect(await storedEvents()).toBe(1);
    expect((await server.services.store.size()).bytes).toBeLessThan(bytes / 2);
    expect(await counts()).toEqual([1]);
    await send(many.slice(0, 100));
    await runUpkeep();
    expect([await counts(), await storedEvents()]).toEqual([[1], 1]);
  });

  test('that two people delete at once comes back when both took it back', async () => {
    const id = await send(events(upTo(100)));

    const [one, two] = (await Promise.all([remove(id), remove(id)])) as [TestAnswer, TestAnswer];

    expect([one.status, two.status]).toEqual([200, 200]);
    await undo(one);
    expect(await counts()).toEqual([]);
    await undo(two);
    expect(await counts()).toEqual([11]);
    const again = await Promise.all([undo(one), undo(two)]);
    expect(again.map(({ status }) => status)).toEqual([404, 404]);
  });

  test('that was the half of a split one takes only that half away, and brings back what came for it', async () => {
    await send(tripEvents(upTo(200)));
    await edit(TRIP, 'split', { at: at(100) });
    const second = (await trips())[1]?.trip_id ?? '';

    const deleted = await remove(second);
    await send(tripEvents([5, 15, 105, 115, 300]));

    expect(await counts()).toEqual([10 + 2]);
    await undo(deleted);
    expect(await counts()).toEqual([12, 14]);
  });
});

describe('a split', () => {
  test('of a trip that a device made: the first half keeps its id, and late events go where they belong', async () => {
    await send(tripEvents(upTo(200)));

    await edit(TRIP, 'split', { at: at(100) });
    await send(tripEvents([5, 105]));

    const [first, second] = await trips();
    expect([first?.trip_id, first?.event_count, second?.event_count]).toEqual([TRIP, 11, 12]);
    const stored = (await server.request(`/v1/trips/${second?.trip_id}/events.json`)).body.events;
    expect(stored[0].ts).toBe('2027-06-01T12:01:40Z');
  });

  test('may be made again, and each taken back in any order', async () => {
    const id = await send(events(upTo(200)));
    const first = await edit(id, 'split', { at: at(100) });
    const second = await edit(id, 'split', { at: at(50) });
    expect(await counts()).toEqual([5, 5, 11]);

    await undo(first);
    expect(await counts()).toEqual([5, 16]);
    await undo(second);

    expect(await trips()).toMatchObject([{ trip_id: id, event_count: 21 }]);
  });

  test('by two people at once at two places parts it at both, or tells the second that its place is gone', async () => {
    const id = await send(events(upTo(200)));

    const [one, two] = await Promise.all([edit(id, 'split', { at: at(100) }), edit(id, 'split', { at: at(150) })]);

    expect([one.status, two.status]).toContain(200);
    expect([200, 422]).toContain(one.status);
    expect([200, 422]).toContain(two.status);
    const parts = one.status === 422 ? [15, 6] : two.status === 422 ? [10, 11] : [10, 5, 6];
    expect(await counts()).toEqual(parts);
  });

  test.each([0, -10, 101])('at %d s, where nothing would be parted, is refused', async (second) => {
    const id = await send(events(upTo(100)));

    expect((await edit(id, 'split', { at: at(second) })).status).toBe(422);

    expect(await counts()).toEqual([11]);
  });
});

describe('a merge', () => {
  test('takes in what lies between, also what comes later, and is taken back', async () => {
    const [first, , third] = [await send(events([0, 50])), await send(events([500])), await send(events([1_000]))];

    const merged = await edit(third, 'merge', { with: first });
    await send(events([300, 750]));

    expect(await trips()).toMatchObject([{ trip_id: first, event_count: 6 }]);
    await undo(merged);
    expect(await counts()).toEqual([2, 1, 1, 1, 1]);
  });

  test('knows the other trip by any id that it ever had', async () => {
    const old = await send(events([50]));
    await send(events([0]));
    const other = await send(events([500]));
    expect((await server.request(`/v1/trips/${old}`)).status).toBe(308);

    expect((await edit(other, 'merge', { with: old.toUpperCase() })).status).toBe(200);

    expect(await counts()).toEqual([3]);
  });

  test('with itself is refused, by whatever id', async () => {
    const old = await send(events([50]));
    const id = await send(events([0]));

    expect((await edit(id, 'merge', { with: id })).status).toBe(422);
    expect((await edit(id, 'merge', { with: old })).status).toBe(422);
    expect((await server.request('/v1/corrections')).body.corrections).toEqual([]);
  });

  test('and a deletion at once leave what both wanted, or the deletion is told that its trip is another now', async () => {
    const [first, second, third] = [await send(events([0])), await send(events([500])), await send(events([1_000]))];

    const [merged, deleted] = await Promise.all([edit(first, 'merge', { with: third }), remove(second)]);

    expect(merged.status).toBe(200);
    expect([200, 308]).toContain(deleted.status);
    expect(await counts()).toEqual([deleted.status === 200 ? 2 : 3]);
  });
});

test('every id that was ever answered leads to the trip that has its time, whatever was changed since', async () => {
  const ids = [await send(events(upTo(190, 100))), await send(events(upTo(500, 400))), await send(tripEvents([1_000]))];
  ids.push(await send(events(upTo(90))));
  await edit(ids[0] ?? '', 'merge', { with: ids[1] });
  ids.push(...(await trips()).map(({ trip_id }) => trip_id));
  await edit((await trips())[0]?.trip_id ?? '', 'split', { at: at(150) });
  ids.push(...(await trips()).map(({ trip_id }) => trip_id));

  const found = await Promise.all(ids.map(follow));

  expect(found).not.toContain(undefined);
  const now = (await trips()).map(({ trip_id }) => trip_id);
  expect(new Set(found.map((trip) => trip?.trip_id))).toEqual(new Set(now));
});
