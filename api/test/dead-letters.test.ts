/** What could not be taken from chunks: kept once, within bounds, to be looked at, deleted, or mended and taken in. */
import type { TelemetryEvent } from '@fleet/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEAD_LETTER_MAX, DEAD_LETTERS_PER_DEVICE } from '../src/ingest/dead-letter.ts';
import { chunkOf, type Device, packed, Recorder, seqsTo, slugOf } from './offline.ts';
import { startTestServer, type TestAnswer, type TestServer } from './server.ts';

let server: TestServer;
let recorder: Recorder;
let now: number;
beforeEach(async () => {
  now = Date.now();
  server = await startTestServer({ INGEST_MAX_AGE: 'off' }, { now: () => now });
  recorder = new Recorder(server, await server.key('golf'));
});
afterEach(() => server.stop());

interface Letter {
  readonly id: string;
  readonly at: string;
  readonly device: string;
  readonly via: string;
  readonly type: string;
  readonly errors: readonly { pointer: string; detail: string }[];
  readonly body: string;
  readonly encoding: BufferEncoding;
  readonly truncated: boolean;
}

async function list(query = ''): Promise<{ dead_letters: Letter[]; next_cursor: string | null; dropped: object[] }> {
  return (await server.request(`/v1/dead-letters${query}`)).body;
}

function resubmit({ id }: Letter, body?: unknown): Promise<TestAnswer> {
  return server.request(`/v1/dead-letters/${id}/resubmit`, { method: 'POST', ...(body !== undefined && { body }) });
}

/** Sends lines as the next chunk of a new trip. */
async function sendLines(...lines: readonly (string | Buffer)[]): Promise<Device> {
  const { device } = await recorder.announced();
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]));
  const answer = await device.putChunk({ no: 1, bytes }, { 'content-type': 'application/x-ndjson' });
  expect(answer.status).toBe(200);
  return device;
}

/** Sends a trip of which one line has no speed that can be. */
async function sendBadLine(): Promise<{ device: Device; bad: TelemetryEvent }> {
  const { device, events } = await recorder.announced();
  const bad = { ...events[4], speed_kph: 5_000 } as TelemetryEvent;
  const lines = events.map((event) => (event.seq === 5 ? bad : event));
  expect((await device.putChunk(chunkOf(1, lines))).body.rejected_count).toBe(1);
  return { device, bad };
}

describe('a dead letter', () => {
  test('tells what was sent, by whom, and what is wrong with it', async () => {
    const { bad } = await sendBadLine();

    const { dead_letters, next_cursor, dropped } = await list();

    expect(dead_letters).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        at: expect.any(String),
        device: expect.stringContaining('device'),
        via: 'chunk',
        type: 'invalid-event',
        errors: [{ pointer: '/speed_kph', detail: expect.any(String) }],
        body: JSON.stringify(bad),
        encoding: 'utf8',
        truncated: false,
      },
    ]);
    expect([next_cursor, dropped]).toEqual([null, []]);
  });

  test('is the same when the same bytes come again, from whatever trip', async () => {
    await sendLines('{"no":1', '{"no":1');
    await sendLines('{"no":1');
    const [first] = (await list()).dead_letters;

    await sendLines('{"no":1', '{"no":2');

    const { dead_letters, dropped } = await list();
    expect(dead_letters.map(({ body }) => body).sort()).toEqual(['{"no":1', '{"no":2']);
    expect(dead_letters).toContainEqual(first);
    expect(dropped).toEqual([]);
  });

  test('is another one when another device sends it', async () => {
    await sendLines('{"no":1');
    recorder = new Recorder(server, await server.key('golf'));
    await sendLines('{"no":1');

    const { dead_letters } = await list();

    expect(new Set(dead_letters.map(({ device }) => device)).size).toBe(2);
    const [{ device } = { device: '' }] = dead_letters;
    expect((await list(`?device=${encodeURIComponent(device)}`)).dead_letters).toEqual([dead_letters[0]]);
  });

  test('holds no more than 64 KiB, and says so', async () => {
    await sendLines(`"${'x'.repeat(3 * DEAD_LETTER_MAX)}"`, 'y'.repeat(DEAD_LETTER_MAX));

    const { dead_letters } = await list();

    expect(dead_letters.map(({ body, truncated }) => [body[0], body.length, truncated]).sort()).toEqual([
      ['"', DEAD_LETTER_MAX, true],
      ['y', DEAD_LETTER_MAX, false],
    ]);
  });

  test('holds bytes that are no text as they were', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    await sendLines(bytes);

    const [letter] = (await list()).dead_letters;

    expect(letter).toMatchObject({ encoding: 'base64', truncated: false, type: 'malformed-body' });
    expect(Buffer.from(letter?.body ?? '', letter?.encoding)).toEqual(bytes);
  });
});

describe('dead letters', () => {
  test('are bounded for each device; beyond that they are counted', async () => {
    const lines = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name} ${index}`);
    await sendLines(...lines('one', DEAD_LETTERS_PER_DEVICE - 100));
    await Promise.all([sendLines(...lines('two', 150)), sendLines(...lines('three', 150))]);
    await sendLines(...lines('four', 4_000));

    const { dead_letters, dropped } = await list('?limit=1');

    const [{ device } = { device: '' }] = dead_letters;
    expect(await server.services.registry.count('dead-letter', device)).toBe(DEAD_LETTERS_PER_DEVICE);
    expect(dropped).toEqual([{ device, count: 200 + 4_000 }]);
    expect((await list('?device=other')).dropped).toEqual([]);
    now += 1_000;
    recorder = new Recorder(server, await server.key('golf'));
    await sendLines('from another device');
    expect((await list('?limit=1')).dead_letters).toMatchObject([{ body: 'from another device' }]);
  });

  test.each([10, 22])('are listed page by page of %d, each once, though they are deleted on the way', async (limit) => {
    await sendLines(...Array.from({ length: 25 }, (_, index) => `bad ${index}`));
    const seen: string[] = [];

    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await list(`?limit=${limit}${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.dead_letters.map(({ body }) => body));
      for (const { id } of page.dead_letters) await server.request(`/v1/dead-letters/${id}`, { method: 'DELETE' });
      cursor = page.next_cursor;
    }

    expect(seen.length).toBe(25);
    expect(new Set(seen).size).toBe(25);
    expect((await server.request('/v1/dead-letters?cursor=nonsense')).status).toBe(400);
  });

  test('are for admins only', async () => {
    await sendBadLine();
    const [letter] = (await list()).dead_letters;
    const path = `/v1/dead-letters/${letter?.id}`;

    for (const key of [await server.key('golf'), await server.viewer()]) {
      const answers = [
        await server.request('/v1/dead-letters', { key }),
        await server.request(path, { key, method: 'DELETE' }),
        await server.request(`${path}/resubmit`, { key, method: 'POST' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    }
    expect((await list()).dead_letters).toEqual([letter]);
  });

  test('can be deleted, once', async () => {
    await sendBadLine();
    const [letter] = (await list()).dead_letters;
    const remove = () => server.request(`/v1/dead-letters/${letter?.id}`, { method: 'DELETE' });

    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);

    expect((await list()).dead_letters).toEqual([]);
    expect((await resubmit(letter as Letter)).status).toBe(404);
  });
});

describe('a dead letter that is resubmitted', () => {
  test('stays where it is still bad, and says what is', async () => {
    await sendBadLine();
    const [letter] = (await list()).dead_letters as [Letter];

    const answer = await resubmit(letter);

    expect([answer.status, slugOf(answer)]).toEqual([422, 'invalid-event']);
    expect((await list()).dead_letters).toEqual([letter]);
  });

  test('is taken in as the event in the body instead, as from its device and of its trip', async () => {
    const { device, bad } = await sendBadLine();
    const [letter] = (await list()).dead_letters as [Letter];
    const { trip_id: _trip, ...mended } = { ...bad, speed_kph: 50 };

    const answer = await resubmit(letter, mended);

    expect([answer.status, answer.body]).toEqual([200, { trip_id: device.link.trip_id, seq: 5 }]);
    expect((await list()).dead_letters).toEqual([]);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
    const { body } = await server.request(`/v1/trips/${device.link.trip_id}`);
    expect(body.sources).toEqual([{ source: letter.device, event_count: 30 }]);
  });

  test('is taken in as the event in the body, also where its length was not said before', async () => {
    const { bad } = await sendBadLine();
    const [letter] = (await list()).dead_letters as [Letter];
    const body = new Blob([JSON.stringify({ ...bad, speed_kph: 50 })]).stream();

    const response = await fetch(`${server.url}/v1/dead-letters/${letter.id}/resubmit`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.admin}`, 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);

    expect(response.status).toBe(200);
  });

  test('is taken in as it is where what was wrong is no longer', async () => {
    const { device, events } = await recorder.announced();
    const early = { ...events[29], ts: new Date(now + 6 * 60_000).toISOString() };
    await device.putChunk({ no: 1, bytes: packed(JSON.stringify(early)) });
    const [letter] = (await list()).dead_letters as [Letter];
    expect([letter.type, (await resubmit(letter)).status]).toEqual(['clock-skew', 422]);

    now += 60_000;
    const answer = await resubmit(letter);

    expect([answer.status, answer.body]).toEqual([200, { trip_id: device.link.trip_id, seq: 30 }]);
    expect((await list()).dead_letters).toEqual([]);
  });

  test('is taken in for the vehicles of its device only, unless the admin writes the event', async () => {
    const polo = 'WVWZZZ6RZHY260780';
    await server.request('/v1/vehicles/polo', { method: 'PUT', body: { aliases: [polo] } });
    const { key } = (await server.request('/v1/devices', { body: { name: 'leaf', vehicles: ['golf'] } })).body;
    await server.request(`/i/leafspy/${key}?VIN=${polo}&SOC=50&Lat=49.5&Long=8.6`, { key: '' });
    const [letter] = (await list('?device=leaf')).dead_letters as [Letter];

    const asSent = await resubmit(letter);
    expect([letter.type, asSent.status, slugOf(asSent)]).toEqual(['vehicle-not-allowed', 403, 'vehicle-not-allowed']);
    expect((await list('?device=leaf')).dead_letters).toEqual([letter]);

    expect((await resubmit(letter, { ...JSON.parse(letter.body), vehicle_id: 'polo' })).status).toBe(200);
    expect((await list('?device=leaf')).dead_letters).toEqual([]);
  });

  test('of a seq that is taken stays, until it is given another one', async () => {
    const { device, events } = await recorder.announced();
    await server.ingest({ ...events[0], ts: events[29]?.ts });
    await device.putChunk(chunkOf(1, events));
    const [letter] = (await list()).dead_letters as [Letter];
    expect([letter.type, (await resubmit(letter)).status]).toEqual(['seq-conflict', 409]);

    expect((await resubmit(letter, { ...events[0], seq: 31 })).status).toBe(200);

    expect(await recorder.storedSeqs(device)).toEqual([31, ...seqsTo(29, 2), 1, 30]);
  });
});
