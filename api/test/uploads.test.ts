/** Offline uploads over real HTTP: trips are announced, chunks sent, and each answer says what is stored then. */
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { type TelemetryEvent, UUID } from '@fleet/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Chunk, chunkOf, packed, Recorder, seqsTo, sha256Of, slugOf } from './offline.ts';
import { startTestServer, type TestServer, until } from './server.ts';

let server: TestServer;
let key: string;
let recorder: Recorder;
beforeAll(async () => {
  server = await startTestServer({ INGEST_MAX_AGE: 'off' });
  key = await server.key('golf', 'polo');
  recorder = new Recorder(server, key);
});
afterAll(() => server.stop());

describe('POST /v1/trips', () => {
  test('announces a trip: 201, and 200 for the same again', async () => {
    const { device } = recorder.record();

    const answers = [await device.announce({ meta: { app: 1 } }), await device.announce({ meta: { app: 2 } })];

    expect(answers.map(({ status }) => status)).toEqual([201, 200]);
    expect(answers.map(({ body }) => body.trip_id)).toEqual([device.link.trip_id, device.link.trip_id]);
  });

  test('makes up an id where none is given, another one each time', async () => {
    const { device } = recorder.record();

    const answers = [await device.announce({ trip_id: undefined }), await device.announce({ trip_id: undefined })];

    const ids = answers.map(({ body }) => body.trip_id as string);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('is one trip when announced many times at once', async () => {
    const { device } = recorder.record();

    const statuses = (await Promise.all(Array.from({ length: 12 }, () => device.announce()))).map(
      ({ status }) => status,
    );

    expect(statuses.sort()).toEqual([...Array.from({ length: 11 }, () => 200), 201]);
  });

  test("refuses another device's vehicle", async () => {
    const { device } = recorder.record('passat');

    const answer = await device.announce();

    expect([answer.status, slugOf(answer)]).toEqual([403, 'vehicle-not-allowed']);
  });

  test("is not there for a device of another vehicle: it can't tell whether the trip was announced", async () => {
    const { device } = recorder.record('polo');
    await device.announce();
    const other = await server.key('golf');
    const ask = (id: string, query = '') => server.request(`/v1/trips/${id}/upload${query}`, { key: other });
    const [announced, unknown] = [await ask(device.link.trip_id), await ask(crypto.randomUUID())];
    const named = await ask(device.link.trip_id, '?vehicle=polo');

    expect([announced, unknown].map((answer) => [answer.status, slugOf(answer)])).toEqual([
      [404, 'trip-not-found'],
      [404, 'trip-not-found'],
    ]);
    expect([named.status, slugOf(named)]).toEqual([403, 'vehicle-not-allowed']);
  });

  test('is still the same trip after its vehicle got another name', async () => {
    const { device, events } = recorder.record('polo');
    await device.announce();
    await device.putChunk(chunkOf(1, events));
    const alias = (aliases: string[]) =>
      server.request('/v1/vehicles/lupo', { method: 'PUT', body: { aliases } }).then(({ status }) => status);
    expect(await alias(['polo'])).toBe(200);

    const again = await device.announce();
    const status = await device.status();

    expect(again.status).toBe(200);
    expect(status.body).toMatchObject({ vehicle: 'lupo', chunks: [{ no: 1 }], seqs: [[1, 30]] });
    expect(await alias([])).toBe(200);
  });
});

describe('PUT /v1/trips/{trip_id}/chunks/{no}', () => {
  test('is refused before the trip was announced', async () => {
    const { device, events } = recorder.record();

    const answer = await device.putChunk(chunkOf(1, events));

    expect([answer.status, slugOf(answer)]).toEqual([404, 'trip-not-found']);
    expect(await recorder.storedSeqs(device)).toEqual([]);
  });

  test.each([
    ['application/x-ndjson+gzip', {}],
    [
      'application/x-ndjson and Content-Encoding: gzip',
      { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
    ],
    ['application/x-ndjson, without saying that they are packed', { 'content-type': 'application/x-ndjson' }],
  ])('stores the lines of a chunk sent as %s', async (_what, headers: Record<string, string>) => {
    const { device, events } = await recorder.announced();

    const answer = await device.putChunk(chunkOf(1, events), headers);

    expect([answer.status, answer.body]).toMatchObject([
      200,
      { no: 1, event_count: 30, accepted: 30, first_seq: 1, last_seq: 30, rejected: [], rejected_count: 0 },
    ]);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
  });

  test('stores plain lines too', async () => {
    const { device, events } = await recorder.announced();
    const bytes = Buffer.from(events.map((event) => JSON.stringify(event)).join('\n'));

    const answer = await device.putChunk({ no: 1, bytes }, { 'content-type': 'application/x-ndjson' });

    expect([answer.status, answer.body.accepted]).toEqual([200, 30]);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
  });

  test('takes lines that name no trip as those of this one', async () => {
    const { device, events } = await recorder.announced();
    const lines = events.map(({ trip_id: _trip, ...event }) => JSON.stringify(event)).join('\n');

    await device.putChunk({ no: 1, bytes: packed(lines) });

    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
  });

  test.each<{ what: string; status: number; slug: string; headers: Record<string, string> }>([
    {
      what: 'a digest of other bytes',
      status: 422,
      slug: 'digest-mismatch',
      headers: { 'x-chunk-sha256': sha256Of(Buffer.from('other')) },
    },
    { what: 'no digest', status: 400, slug: 'malformed-request', headers: { 'x-chunk-sha256': '' } },
    { what: "another chunk's key", status: 400, slug: 'malformed-request', headers: { 'idempotency-key': 'other' } },
    {
      what: 'another content type',
      status: 415,
      slug: 'unsupported-media-type',
      headers: { 'content-type': 'application/json' },
    },
  ])('with $what is refused and nothing of it stored', async ({ status, slug, headers }) => {
    const { device, events } = await recorder.announced();

    const answer = await device.putChunk(chunkOf(1, events), headers);

    expect([answer.status, slugOf(answer)]).toEqual([status, slug]);
    expect((await device.status()).body).toMatchObject({ chunks: [], seqs: [] });
    expect(await recorder.storedSeqs(device)).toEqual([]);
  });

  test.each<{ what: string; body: (events: readonly TelemetryEvent[]) => Buffer<ArrayBuffer> }>([
    { what: 'is no gzip at all', body: () => Buffer.from('{"seq":1}\n') },
    { what: 'ends too early', body: (events) => good(events).subarray(0, -9) },
    { what: 'has a bit changed', body: (events) => flipped(good(events)) },
    { what: 'goes on behind its end', body: (events) => Buffer.concat([good(events), Buffer.from('more')]) },
    {
      what: 'has a line of another trip',
      body: (events) => good([...events, { ...last(events), trip_id: crypto.randomUUID() }]),
    },
    {
      what: 'has a line of another vehicle, for which the key may speak',
      body: (events) => good([...events, { ...last(events), vehicle_id: 'polo' }]),
    },
    {
      what: 'has a line of a foreign vehicle',
      body: (events) => good([...events, { ...last(events), vehicle_id: 'passat' }]),
    },
    { what: 'has no line', body: () => packed('\n\n') },
  ])('that $what is refused and nothing of it stored', async ({ body }) => {
    const { device, events } = await recorder.announced();

    const answer = await device.putChunk({ no: 1, bytes: body(events) });

    expect([answer.status, slugOf(answer)]).toEqual([422, 'invalid-chunk']);
    expect((await device.status()).body).toMatchObject({ chunks: [], seqs: [] });
    expect(await recorder.storedSeqs(device)).toEqual([]);
    expect((await device.putChunk(chunkOf(1, events))).status).toBe(200);
  });

  test('names the line that does not belong', async () => {
    const { device, events } = await recorder.announced();
    const foreign = [...events.slice(0, 4), { ...last(events), trip_id: `${'x'.repeat(9_000)}` }];

    const { text, body } = await device.putChunk({ no: 1, bytes: good(foreign) });

    expect(body.errors).toEqual([{ pointer: '/5', detail: expect.stringContaining('is of trip xxx') }]);
    expect(text.length).toBeLessThan(1_000);
  });

  test('stores the good lines, names the bad ones and keeps them as dead letters', async () => {
    const { device, events } = await recorder.announced();
    const lines = events.map((event) => JSON.stringify(event));
    lines[3] = JSON.stringify({ ...events[3], speed_kph: 'fast' });
    lines[9] = '{"seq":10,';
    lines[12] = JSON.stringify({ ...events[12], ts: '2099-01-01T00:00:00Z' });
    lines[15] = JSON.stringify({ ...events[15], trip_id: 5 });

    const answer = await device.putChunk({ no: 1, bytes: packed(lines.join('\r\n')) });

    expect(answer.body).toMatchObject({ event_count: 30, accepted: 26, rejected_count: 4 });
    expect(answer.body.rejected).toEqual([
      { line: 4, seq: 4, type: 'invalid-event', errors: [{ pointer: '/speed_kph', detail: expect.any(String) }] },
      { line: 10, seq: null, type: 'malformed-body', errors: [{ pointer: '', detail: expect.any(String) }] },
      { line: 13, seq: 13, type: 'clock-skew', errors: [{ pointer: '/ts', detail: expect.any(String) }] },
      { line: 16, seq: 16, type: 'invalid-event', errors: [{ pointer: '/trip_id', detail: expect.any(String) }] },
    ]);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30).filter((seq) => ![4, 10, 13, 16].includes(seq)));
    const letters = (await server.request('/v1/dead-letters')).body.dead_letters as { body: string }[];
    expect(letters.map(({ body }) => body)).toEqual(expect.arrayContaining([lines[3], lines[9], lines[12], lines[15]]));
  });

  test('changes nothing when it comes again', async () => {
    const { device, events } = await recorder.announced();
    const chunk = chunkOf(1, events);

    const answers = [await device.putChunk(chunk), await device.putChunk(chunk), await device.putChunk(chunk)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
  });

  test('is no conflict where the same lines are compressed otherwise, however often', async () => {
    const { device, events } = await recorder.announced();
    const level = (at: number) => chunkOf(1, events, at);

    for (const at of [9, 1, 0]) expect((await device.putChunk(level(at))).status).toBe(200);

    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
    for (const at of [9, 1, 0]) expect((await device.complete([level(at)])).status).toBe(200);
  });

  test('is no conflict where only the last newline is there or not', async () => {
    const { device, events } = await recorder.announced();
    const lines = events.map((event) => JSON.stringify(event)).join('\n');

    for (const text of [lines, `${lines}\n`]) {
      expect((await device.putChunk({ no: 1, bytes: packed(text) })).status).toBe(200);
    }
  });

  test('is a conflict where the number was used for other lines, of which nothing is stored', async () => {
    const { device, events } = await recorder.announced();
    await device.putChunk(chunkOf(1, events.slice(0, 10)));

    const answer = await device.putChunk(chunkOf(1, events.slice(10, 20)));

    expect([answer.status, slugOf(answer)]).toEqual([409, 'chunk-conflict']);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(10));
    expect((await device.status()).body.chunks).toMatchObject([{ no: 1, last_seq: 10 }]);
  });

  test('takes many chunks at once in any order, each several times', async () => {
    const { device, events } = await recorder.announced();
    const chunks = [3, 1, 5, 2, 4].map((no) => chunkOf(no, events.slice((no - 1) * 6, no * 6)));

    const answers = await Promise.all(
      [...chunks, ...chunks.toReversed(), ...chunks].map((chunk) => device.putChunk(chunk)),
    );

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
    expect((await device.complete(chunks)).status).toBe(200);
  });

  test('lets one of two different bodies win that come at once under one number', async () => {
    const { device, events } = await recorder.announced();
    const rivals = [chunkOf(1, events.slice(0, 15)), chunkOf(1, events.slice(15))];

    const statuses = (await Promise.all(rivals.map((chunk) => device.putChunk(chunk)))).map(({ status }) => status);

    expect(statuses.toSorted()).toEqual([200, 409]);
    const winner = rivals[statuses.indexOf(200)] as Chunk;
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(winner.last_seq, winner.first_seq));
  });

  test('names a line whose seq is taken by another time, and keeps it', async () => {
    const { device, events } = await recorder.announced();
    await server.ingest({ ...events[4], ts: '2025-11-04T12:00:00Z' });

    const { body } = await device.putChunk(chunkOf(1, events));

    expect(body).toMatchObject({ accepted: 29, rejected: [{ line: 5, seq: 5, type: 'seq-conflict' }] });
    const letters = (await server.request('/v1/dead-letters')).body.dead_letters as { type: string; body: string }[];
    expect(letters.find(({ type }) => type === 'seq-conflict')?.body).toBe(JSON.stringify(events[4]));
  });

  test('of which the connection breaks stores nothing and leaves nothing behind', async () => {
    const { device, events } = await recorder.announced();
    const { bytes } = chunkOf(1, events);
    const before = server.logged().length;
    const broken = request(`${server.url}/v1/trips/${device.link.trip_id}/chunks/1`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-ndjson+gzip',
        'content-length': bytes.length,
        'x-chunk-sha256': sha256Of(bytes),
      },
    });
    broken.on('error', () => {});
    broken.write(bytes.subarray(0, 100));
    await until(spooled, (files) => files.length > 0);

    const closed = new Promise((resolve) => broken.on('close', resolve));
    broken.destroy();
    await closed;

    await until(spooled, (files) => files.length === 0);
    expect(await recorder.storedSeqs(device)).toEqual([]);
    expect((await device.status()).body.chunks).toEqual([]);
    expect(server.logged().slice(before)).not.toContain('request failed');
    expect((await device.putChunk(chunkOf(1, events))).status).toBe(200);
    await until(spooled, (files) => files.length === 0);
  });
});

function good(events: readonly TelemetryEvent[]): Buffer<ArrayBuffer> {
  return packed(events.map((event) => JSON.stringify(event)).join('\n'));
}

function last(events: readonly TelemetryEvent[]): TelemetryEvent {
  return events.at(-1) as TelemetryEvent;
}

/** With a bit changed that only the checksum at the end can tell. */
function flipped(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const at = bytes.length - 6;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

function spooled(): string[] {
  return readdirSync(join(server.folder, 'data', 'spool'));
}
