import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.UTC(2025, 10, 4, 12);
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const NDJSON = { 'content-type': 'application/x-ndjson' };
/** Most that a turn of the event loop may be, milliseconds; measured again where the machine was busy. */
const MOST_TURN_MS = 150;
const TRIES = 5;

let server: TestServer;
let golfKey: string;
beforeAll(async () => {
  server = await startTestServer({}, { now: () => NOW });
  golfKey = await server.key('golf');
});
afterAll(() => server.stop());

function at(ms: number): string {
  return new Date(NOW + ms).toISOString();
}

function event(seconds: number, more: object = {}) {
  return { vehicle_id: 'golf', ts: at(seconds * 1_000), speed_kph: 50, ...more };
}

/** CPU of the longest turn of the event loop while rubbish is refused, milliseconds: other threads count too. */
async function longestTurn(of: TestServer): Promise<number> {
  let longestMs = 0;
  let before = process.cpuUsage();
  let running = true;
  const turn = () => {
    const { user, system } = process.cpuUsage(before);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    before = process.cpuUsage();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  const answer = await of.request('/v1/ingest', { headers: NDJSON, body: 'x\n'.repeat(60_000) });
  running = false;
  expect(answer.body.rejected_count).toBe(60_000);
  return longestMs;
}

describe('many events', () => {
  test.each<[string, Record<string, string>]>([
    ['NDJSON', NDJSON],
    ['NDJSON by its other name', { 'content-type': 'application/ndjson' }],
    ['NDJSON with Content-Encoding: gzip', { ...NDJSON, 'content-encoding': 'gzip' }],
    ['NDJSON gzipped by its media type', { 'content-type': 'application/x-ndjson+gzip' }],
    ['a JSON array', { 'content-type': 'application/json' }],
  ])('as %s are answered alike', async (_what, headers) => {
    const events = [event(10), event(11, { rpm: null }), event(12, { vehicle_id: 'polo' }), 7];
    const isJson = headers['content-type'] === 'application/json';
    const text = isJson ? JSON.stringify(events) : events.map((each) => `${JSON.stringify(each)}\n`).join('');
    const packed = headers['content-encoding'] === 'gzip' || headers['content-type']?.endsWith('+gzip');
    const body = packed ? gzipSync(text) : text;

    const answer = await server.request('/v1/ingest', { method: 'POST', key: golfKey, headers, body });

    expect([answer.status, answer.body]).toEqual([
      200,
      {
        accepted: 1,
        rejected: [
          { index: 1, type: 'invalid-event', errors: [{ pointer: '/rpm', detail: 'must be number' }] },
          {
            index: 2,
            type: 'vehicle-not-allowed',
            errors: [{ pointer: '', detail: 'this key may not speak for polo' }],
          },
          { index: 3, type: 'invalid-event', errors: [{ pointer: '', detail: 'must be a JSON object' }] },
        ],
        rejected_count: 3,
        trips: [{ vehicle: 'golf', trip_id: expect.any(String), event_count: 1 }],
      },
    ]);
  });

  test('are told which trips they went to, and how many to each', async () => {
    const events = [0, 1, 2, 1_000, 1_001].map((seconds) => event(seconds - 2_000, { vehicle_id: 'many' }));
    const given = event(0, { vehicle_id: 'other', trip_id: TRIP, seq: 1 });
    const { body } = await server.ingest([...events, given]);

    expect(body).toMatchObject({ accepted: 6, rejected: [], rejected_count: 0 });
    expect(body.trips).toMatchObject([
      { vehicle: 'many', event_count: 3 },
      { vehicle: 'many', event_count: 2 },
      { vehicle: 'other', trip_id: TRIP, event_count: 1 },
    ]);
    const { trips } = (await server.request('/v1/trips?vehicle=many')).body;
    expect(trips.map(({ trip_id }: { trip_id: string }) => trip_id).toSorted()).toEqual(
      body.trips
        .slice(0, 2)
        .map(({ trip_id }: { trip_id: string }) => trip_id)
        .toSorted(),
    );
  });

  test('with a conflict between two of them: the first stands, the other is named', async () => {
    const first = event(0, { vehicle_id: 'twice', trip_id: TRIP, seq: 1 });
    const { status, body } = await server.ingest([first, { ...first, ts: at(1_000) }, first]);

    expect([status, body]).toMatchObject([200, { accepted: 2, rejected: [{ index: 1, type: 'seq-conflict' }] }]);
  });

  test.each<[string, number, string, readonly object[]]>([
    ['another car', 403, 'vehicle-not-allowed', [event(0, { vehicle_id: 'polo' }), event(1, { vehicle_id: 'polo' })]],
    ['an impossible time', 422, 'clock-skew', [event(3_600), event(-401 * 86_400)]],
    ['different faults', 422, 'invalid-event', [event(3_600), event(1, { vehicle_id: 'polo' }), {}]],
  ])('of which all have %s are a problem of status %i', async (_what, expected, slug, events) => {
    const { status, body } = await server.request('/v1/ingest', { key: golfKey, body: events });

    expect(status).toBe(expected);
    expect(body).toMatchObject({ type: `urn:fleet-telemetry:problem:${slug}`, rejected_count: events.length });
    expect(body.rejected.map(({ index }: { index: number }) => index)).toEqual(events.map((_, index) => index));
    expect(body.errors[0].pointer).toMatch(/^\/0/);
  });

  test('as lines: an empty one counts for nothing, what is no JSON is named by the place of its line', async () => {
    const lines = [
      JSON.stringify(event(20)),
      '',
      '{"vehicle_id":',
      '\uFEFF',
      JSON.stringify(event(21)),
      `"${'x'.repeat(70_000)}"`,
    ];
    const { status, body } = await server.request('/v1/ingest', { headers: NDJSON, body: lines.join('\r\n') });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, type: 'malformed-body' },
        { index: 2, type: 'malformed-body' },
        { index: 4, type: 'malformed-body', errors: [{ detail: expect.stringMatching(/64 KiB/) }] },
      ],
    });
  });

  test('as lines of which none is JSON are no JSON', async () => {
    const { status, body } = await server.request('/v1/ingest', { headers: NDJSON, body: 'speed=50\nspeed=51\n' });

    expect([status, body.type]).toEqual([400, 'urn:fleet-telemetry:problem:malformed-body']);
  });

  test.each<[string, object]>([
    ['each with many faults', Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`A${index}`, null]))],
    ['each with a name that goes on for pages', { ['A'.repeat(7_000)]: null }],
  ])('more than can be listed, %s, are counted, and the answer stays small', async (_what, event) => {
    const wrong = JSON.stringify(event);
    const { status, body, text } = await server.request('/v1/ingest', {
      headers: NDJSON,
      body: `${wrong}\n`.repeat(1_100),
    });

    expect(status).toBe(422);
    expect(body).toMatchObject({ rejected_count: 1_100 });
    expect(body.rejected).toHaveLength(1_000);
    expect(text.length).toBeLessThan(2 ** 21);
  });

  test('that are rubbish hold up nobody else', async () => {
    const other = await startTestServer({ STORE: 'memory' });
    const longest: number[] = [];
    do longest.push(await longestTurn(other));
    while (Math.min(...longest) >= MOST_TURN_MS && longest.length < TRIES);
    await other.stop();

    expect(Math.min(...longest)).toBeLessThan(MOST_TURN_MS);
  });

  test('a whole drive of 5,000 lines is stored as it came', async () => {
    const lines = Array.from({ length: 5_000 }, (_, seq) =>
      JSON.stringify({ vehicle_id: 'long', ts: at(-seq * 1_000), trip_id: TRIP, seq: seq + 1, rpm: seq / 4 }),
    );
    const { body } = await server.request('/v1/ingest', {
      headers: { ...NDJSON, 'content-encoding': 'gzip' },
      body: gzipSync(lines.join('\n')),
    });

    expect(body).toMatchObject({ accepted: 5_000, rejected: [], trips: [{ vehicle: 'long', event_count: 5_000 }] });
    const detail = await server.request(`/v1/trips/${TRIP}?vehicle=long`);
    expect(detail.body).toMatchObject({ event_count: 5_000, missing_seqs: [], duration_s: 4_999 });
  });
});
