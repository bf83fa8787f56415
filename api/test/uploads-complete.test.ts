/** Offline uploads over real HTTP: when a trip is complete, and how a device goes on where it was. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Chunk, chunkOf, Device, Recorder, seqsTo, slugOf } from './offline.ts';
import { startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let key: string;
let recorder: Recorder;
beforeAll(async () => {
  server = await startTestServer({ INGEST_MAX_AGE: 'off' });
  key = await server.key('golf', 'polo');
  recorder = new Recorder(server, key);
});
afterAll(() => server.stop());

describe('POST /v1/trips/{trip_id}/complete', () => {
  test('names missing chunks, then takes the manifest when they came', async () => {
    const { device, events } = await recorder.announced();
    const [one, two, three] = [0, 10, 20].map((from, index) => chunkOf(index + 1, events.slice(from, from + 10))) as [
      Chunk,
      Chunk,
      Chunk,
    ];
    await device.putChunk(two);

    const refused = await device.complete([one, two, three]);

    expect([refused.status, slugOf(refused)]).toEqual([409, 'manifest-mismatch']);
    expect(refused.body).toMatchObject({
      missing: [1, 3],
      differing: [],
      uncovered: [
        [1, 10],
        [21, 30],
      ],
    });
    expect((await device.status()).body).toMatchObject({ completed: false, chunks: [{ no: 2 }], seqs: [[11, 20]] });
    await device.putChunk(three);
    expect((await device.complete([one, two, three])).body).toMatchObject({ missing: [1], uncovered: [[1, 10]] });
    await device.putChunk(one);
    const done = await device.complete([one, two, three]);
    expect([done.status, done.body]).toMatchObject([200, { completed: true, event_count: 30, seqs: [[1, 30]] }]);
  });

  test('names chunks that are here with other bytes', async () => {
    const { device, events } = await recorder.announced();
    await device.putChunk(chunkOf(1, events.slice(0, 20)));

    const { status, body } = await device.complete([chunkOf(1, events)]);

    expect([status, body]).toMatchObject([409, { missing: [], differing: [1] }]);
  });

  test('names seqs that no chunk brought, though every chunk is here', async () => {
    const { device, events } = await recorder.announced();
    const twice = [...events.slice(0, 10), ...events.slice(0, 5), ...events.slice(25)];
    const chunk = chunkOf(1, twice);
    await device.putChunk(chunk);

    const { status, body } = await device.complete([chunk], { event_count: 20 });

    expect([status, body]).toMatchObject([409, { missing: [], differing: [], uncovered: [[11, 25]] }]);
    expect((await device.complete([chunk], { event_count: 15 })).status).toBe(200);
  });

  test('counts rejected lines as here: they were named', async () => {
    const { device, events } = await recorder.announced();
    const bad = events.map((event, index) => (index === 7 ? { ...event, speed_kph: 9e9 } : event));
    const chunk = chunkOf(1, bad);
    await device.putChunk(chunk);

    expect((await device.complete([chunk])).status).toBe(200);
    expect((await device.status()).body.chunks).toMatchObject([{ rejected: [{ seq: 8 }], accepted: 29 }]);
  });

  test('finds a drive complete that came half live, half in chunks, with no chunk for the live half', async () => {
    const { device, events } = await recorder.announced();
    const [live, offline] = [chunkOf(1, events.slice(0, 14)), chunkOf(2, events.slice(14))];
    await server.ingest(events.slice(0, 14));
    expect((await device.complete([live, offline])).body).toMatchObject({ missing: [2], uncovered: [[15, 30]] });

    await device.putChunk(offline);

    expect((await device.complete([live, offline])).status).toBe(200);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
  });

  test('finds a chunk complete of which the device left out what it had sent live', async () => {
    const { device, events } = await recorder.announced();
    await server.ingest(events.slice(0, 14));
    const rest = { ...chunkOf(1, events.slice(14)), first_seq: 1 };
    await device.putChunk(rest);

    expect((await device.complete([rest])).status).toBe(200);
  });

  test('may be repeated with a larger manifest; a smaller one that comes late takes nothing back', async () => {
    const { device, events } = await recorder.announced();
    const [one, two] = [chunkOf(1, events.slice(0, 10)), chunkOf(2, events.slice(10))];
    await device.putChunk(one);
    expect((await device.complete([one])).body).toMatchObject({ completed: true, event_count: 10 });

    await device.putChunk(two);
    expect((await device.complete([one, two])).body).toMatchObject({ completed: true, event_count: 30 });

    expect((await device.complete([one])).status).toBe(200);
    expect((await device.status()).body).toMatchObject({ completed: true, event_count: 30 });
  });

  test.each<[string, object]>([
    ["another trip's", { trip_id: crypto.randomUUID() }],
    ["another vehicle's", { vehicle_id: 'polo' }],
    ['a wrong time', { started_at: '2025-02-31T00:00:00Z' }],
    ['more events than its chunks have room for', { event_count: 31 }],
    ['no chunks at all for its events', { chunks: [] }],
  ])('refuses a manifest with %s', async (_what, more) => {
    const { device, events } = await recorder.announced();
    const chunk = chunkOf(1, events);
    await device.putChunk(chunk);

    const answer = await device.complete([chunk], more);

    expect([answer.status, slugOf(answer)]).toEqual([422, 'invalid-manifest']);
    expect((await device.status()).body.completed).toBe(false);
  });

  test('refuses a manifest whose chunks have numbers or seqs in common', async () => {
    const { device, events } = await recorder.announced();
    const [one, two] = [chunkOf(1, events.slice(0, 10)), chunkOf(2, events.slice(5))];

    expect((await device.complete([one, { ...two, no: 1 }])).body.errors).toEqual([
      { pointer: '/chunks/1/no', detail: '1 is used twice' },
    ]);
    expect((await device.complete([one, two], { event_count: 30 })).body.errors).toEqual([
      { pointer: '/chunks', detail: 'have seqs in common' },
    ]);
  });

  test('is refused before the trip was announced', async () => {
    const { device, events } = recorder.record();

    expect((await device.complete([chunkOf(1, events)])).status).toBe(404);
  });
});

describe('GET /v1/trips/{trip_id}/upload', () => {
  test('lets a device that forgot everything go on where it was', async () => {
    const { device, events } = await recorder.announced();
    const chunks = [0, 10, 20].map((from, index) => chunkOf(index + 1, events.slice(from, from + 10)));
    await server.ingest(events.slice(0, 10));
    await device.putChunk(chunks[2] as Chunk);

    const { body } = await device.status();

    const here = new Set((body.seqs as [number, number][]).flatMap(([first, last]) => seqsTo(last, first)));
    for (const chunk of chunks.filter(({ first_seq }) => !here.has(first_seq))) await device.putChunk(chunk);
    expect((await device.complete(chunks)).status).toBe(200);
    expect(await recorder.storedSeqs(device)).toEqual(seqsTo(30));
  });

  test('is not for other devices, which learn nothing of it, and 404 for a trip that nobody announced', async () => {
    const { device } = await recorder.announced();
    const others = new Device({ ...device.link, key: await server.key('passat') });

    expect((await others.status()).status).toBe(404);
    const path = `/v1/trips/${device.link.trip_id}/upload?vehicle=golf`;
    expect((await server.request(path, { key: others.link.key })).status).toBe(403);
    expect((await recorder.record().device.status()).status).toBe(404);
  });

  test('asks which vehicle, where two have the same trip id', async () => {
    const { device } = await recorder.announced('golf');
    const twin = new Device({ ...device.link, vehicle: 'polo' });
    await twin.announce();

    const answer = await device.status();

    expect([answer.status, answer.body.vehicles]).toEqual([409, ['golf', 'polo']]);
    const path = `/v1/trips/${device.link.trip_id}/upload?vehicle=polo`;
    expect((await server.request(path, { key })).body.vehicle).toBe('polo');
  });
});
