/** However a real drive is cut, ordered, repeated and half sent live: once complete, it is there once and whole. */
import type { TelemetryEvent } from '@fleet/contract';
import { type Drive, readDrives } from '@fleet/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asTrip, type Chunk, chunkOf, Device, slugOf } from './offline.ts';
import { startTestServer, type TestServer } from './server.ts';

let server: TestServer;
let key: string;
beforeAll(async () => {
  server = await startTestServer({ INGEST_MAX_AGE: 'off' });
  key = await server.key();
});
afterAll(() => server.stop());

/** The shorter drives, so that there can be many runs. */
const drives = readDrives().filter(({ events }) => events.length < 600);

/** What a device does with a drive. */
interface Story {
  readonly drive: Drive;
  /** Where the drive is cut into chunks, each within 0 to 1 of it. */
  readonly cuts: readonly number[];
  /** In which order chunks go out, and how often: each at least once. */
  readonly order: readonly number[];
  /** How much of the drive was sent live before, 0 to 1. */
  readonly live: number;
  /** Whether chunks that were sent live as a whole are sent at all. */
  readonly again: boolean;
  /** Chunks that are on their way at the same time. */
  readonly lanes: number;
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
const story: fc.Arbitrary<Story> = fc.record({
  drive: fc.constantFrom(...drives),
  cuts: fc.array(fraction, { maxLength: 6 }),
  order: fc.array(fc.nat(6), { maxLength: 12 }),
  live: fc.oneof(fc.constant(0), fraction),
  again: fc.boolean(),
  lanes: fc.integer({ min: 1, max: 4 }),
});

let runs = 0;

test('a drive in any chunks, in any order, again and again, after any live beginning, is one whole trip', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      const vehicle = `car-${++runs}`;
      const device = new Device({ url: server.url, key, vehicle, trip_id: crypto.randomUUID() });
      const events = asTrip(told.drive.events, device.link.trip_id, vehicle);
      await device.announce();

      const chunks = await tell(told, device, events);

      expect((await device.complete(chunks)).status).toBe(200);
      await expectTrip(device, told.drive, events);
    }),
    { numRuns: 20 },
  );
}, 60_000);

/** Does what the story says; the chunks of the manifest. */
async function tell(told: Story, device: Device, events: readonly TelemetryEvent[]): Promise<Chunk[]> {
  const chunks = cutAt(events, told.cuts);
  const live = events.slice(0, Math.round(told.live * events.length));
  if (live.length > 0) expect((await server.ingest(live)).body.accepted).toBe(live.length);
  const needed = chunks.filter(({ last_seq }) => told.again || last_seq > live.length);
  const ordered = [...told.order.map((at) => needed[at % needed.length]), ...needed].filter(
    (chunk) => chunk !== undefined,
  );
  for (let at = 0; at < ordered.length; at += told.lanes) {
    const early = await device.complete(chunks);
    expect(early.status === 200 || slugOf(early) === 'manifest-mismatch').toBe(true);
    const answers = await Promise.all(ordered.slice(at, at + told.lanes).map((chunk) => device.putChunk(chunk)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  }
  return chunks;
}

async function expectTrip({ link }: Device, { truth }: Drive, events: readonly TelemetryEvent[]): Promise<void> {
  const { trips } = (await server.request(`/v1/trips?vehicle=${link.vehicle}`)).body;
  expect(trips).toMatchObject([{ trip_id: link.trip_id, event_count: truth.event_count }]);
  const trip = (await server.request(`/v1/trips/${link.trip_id}`)).body;
  expect([trip.started_at, trip.ended_at].map(Date.parse)).toEqual([truth.started_at, truth.ended_at].map(Date.parse));
  expect(trip.missing_seqs).toEqual([]);
  const ratio = (trip.distance_km - trip.distance_gap_km) / truth.logger_distance_km;
  expect(Math.abs(ratio - 1)).toBeLessThan(0.025);
  const stored = (await server.request(`/v1/trips/${link.trip_id}/events.json`)).body.events as object[];
  expect(stored.map(comparable)).toEqual(events.map(comparable));
}

/** An event without what only one side says. */
function comparable(event: object) {
  const { ts, schema_version, vehicle_id, trip_id, source, ...rest } = event as Record<string, unknown>;
  return { ...rest, ts: Date.parse(`${ts}`) };
}

function cutAt(events: readonly TelemetryEvent[], cuts: readonly number[]): Chunk[] {
  const places = new Set([0, ...cuts.map((cut) => Math.floor(cut * (events.length - 1))), events.length]);
  const sorted = [...places].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => chunkOf(index + 1, events.slice(sorted[index], end)));
}
