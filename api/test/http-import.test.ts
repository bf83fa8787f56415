/** What one server tells of its trips, and another takes over: events of any age, and corrections. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const LINES = { 'content-type': 'application/x-ndjson' };
const NOW = Date.UTC(2025, 10, 4, 12);
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';

let here: TestServer;
let there: TestServer;
beforeEach(async () => {
  here = await startTestServer({}, { now: () => NOW });
  there = await startTestServer({ INGEST_MAX_AGE: '1h' }, { now: () => NOW });
});
afterEach(async () => {
  await Promise.all([here.stop(), there.stop()]);
});

function event(seconds: number, more: object = {}) {
  return { vehicle_id: 'golf', ts: new Date(NOW - 86_400_000 + seconds * 1_000).toISOString(), rpm: 900, ...more };
}

async function tripsOf(server: TestServer) {
  return (await server.request('/v1/trips')).body.trips;
}

function importTo(server: TestServer, lines: string, key = server.admin) {
  return server.request('/v1/import', { method: 'POST', headers: LINES, body: lines, key });
}

/** Takes every event of `here` over, as lines. */
async function linesOfAll(): Promise<string> {
  const texts: string[] = [];
  for (const { trip_id } of await tripsOf(here)) {
    texts.push((await here.request(`/v1/trips/${trip_id}/events.import`)).text);
  }
  return texts.join('');
}

describe('events', () => {
  test('of trips that devices made and of those that the server made are the same trips elsewhere, of the same devices', async () => {
    await here.ingest([
      ...[0, 1, 2].map((second) => event(second)),
      ...[1, 2, 5].map((seq) => event(7_200 + seq, { trip_id: TRIP, seq, custom_boost: 1.5 })),
      event(7_208, { trip_id: TRIP, dtcs: ['P0301'] }),
      event(7_210),
    ]);
    const lines = await linesOfAll();
    const answer = await importTo(there, lines);
    const again = await importTo(there, lines);

    expect(answer).toMatchObject({ status: 200, body: { accepted: 8, rejected_count: 0 } });
    expect(again.body).toMatchObject({ accepted: 8 });
    expect(await tripsOf(here)).toHaveLength(2);
    expect(await tripsOf(there)).toEqual(await tripsOf(here));
    for (const { trip_id } of await tripsOf(here)) {
      const path = `/v1/trips/${trip_id}/events.json`;
      expect((await there.request(path)).text).toBe((await here.request(path)).text);
    }
    expect((await there.request(`/v1/trips/${TRIP}/upload`)).status).toBe(404);
  });

  test('are as strictly checked as any, and named where they are wrong', async () => {
    const wrong = [
      event(0, { rpm: -1 }),
      event(1, { source: '\u0000' }),
      event(2, { source: 7 }),
      { ...event(3), ts: new Date(NOW + 3_600_000).toISOString() },
    ];
    const lines = [...wrong, event(4, { source: 'phone' })].map((one) => JSON.stringify(one)).join('\n');
    const { status, body } = await importTo(there, lines);

    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 1, rejected_count: 4 });
    expect(body.rejected.map(({ index, type, errors }: never) => [index, type, (errors as never[])[0]])).toMatchObject([
      [0, 'invalid-event', { pointer: '/rpm' }],
      [1, 'invalid-event', { pointer: '/source' }],
      [2, 'invalid-event', { pointer: '/source' }],
      [3, 'clock-skew', { pointer: '/ts' }],
    ]);
    expect((await tripsOf(there))[0].sources).toEqual([{ source: 'phone', event_count: 1 }]);
  });

  test('are not taken from a device, which could speak as another one', async () => {
    const answer = await importTo(there, JSON.stringify(event(0, { source: 'dongle' })), await there.key('golf'));

    expect(answer.status).toBe(403);
  });
});

describe('corrections', () => {
  test('of every kind hold elsewhere as they do here', async () => {
    await here.ingest([0, 60, 120, 7_200, 7_260, 20_000, 20_060, 30_000, 30_060].map((second) => event(second)));
    await here.ingest([1, 2].map((seq) => event(40_000 + seq, { trip_id: TRIP, seq })));
    const lines = await linesOfAll();
    const ids = async () => (await tripsOf(here)).map(({ trip_id }: { trip_id: string }) => trip_id);
    const [deviceTrip, fourth, third, second, first] = await ids();
    await here.request(`/v1/trips/${first}`, { method: 'PATCH', body: { name: 'To the sea', note: 'with a stop' } });
    await here.request(`/v1/trips/${first}/split`, { body: { at: event(60).ts } });
    await here.request(`/v1/trips/${second}/merge`, { body: { with: third } });
    await here.request(`/v1/trips/${fourth}`, { method: 'DELETE' });
    await here.request(`/v1/trips/${deviceTrip}`, { method: 'DELETE' });
    const { corrections } = (await here.request('/v1/corrections')).body;

    await importTo(there, lines);
    const put = (correction: { id: string }) =>
      there.request(`/v1/corrections/${correction.id}`, { method: 'PUT', body: correction });
    const statuses: number[] = [];
    for (const correction of [...corrections, ...corrections]) statuses.push((await put(correction)).status);

    expect(statuses).toEqual([201, 201, 201, 201, 201, 200, 200, 200, 200, 200]);
    expect(await tripsOf(there)).toHaveLength(3);
    expect(await tripsOf(there)).toEqual(await tripsOf(here));
    expect((await there.request('/v1/corrections')).body.corrections).toEqual(corrections);
  });

  const GOOD = { vehicle: 'golf', kind: 'split', made_at: event(9).ts, from: event(0).ts, to: event(1).ts };
  test.each([
    ['without its kind', { ...GOOD, kind: undefined }],
    ['of an unknown kind', { ...GOOD, kind: 'paint' }],
    ['without what its kind needs', GOOD],
    ['with what its kind does not have', { ...GOOD, at: event(1).ts, name: 'x' }],
    ['with a time that is none', { ...GOOD, at: 'noon' }],
    ['that ends before it begins', { ...GOOD, at: event(1).ts, to: event(-1).ts }],
  ])('%s are refused', async (_what, body) => {
    const path = `/v1/corrections/${crypto.randomUUID()}`;
    const { status } = await there.request(path, { method: 'PUT', body });

    expect([400, 422]).toContain(status);
    expect((await there.request('/v1/corrections')).body.corrections).toEqual([]);
  });
});
