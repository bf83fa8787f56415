/**
 * The link breaks somewhere in an upload, in either direction: in the end all is there, once. Every byte in turn with
 * FLEET_EDGE_THOROUGH=1, else some of them.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Outbox } from '../src/outbox/outbox.ts';
import { createHttpClient } from '../src/uplink/http-client.ts';
import { CuttingProxy, type Direction } from './cutting-proxy.ts';
import { BEGAN_MS, openOutbox, useFolders, withTrip } from './outbox-kit.ts';
import { amount } from './programs.ts';
import { drained, KEY, type Server, startServer, uplinkTo, watched } from './server-kit.ts';

const EVENTS = 3;
/** From one byte to the next that is tried. */
const STEP = amount(37, 1);
/** An upload has a few bytes more or less than another: its lines are packed, and each trip has another id in them. */
const VARIES_BY = 10;
const CAR = 'golf';
const folderFor = useFolders();
let server: Server;
let proxy: CuttingProxy;
let outbox: Outbox;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await CuttingProxy.to(server.url);
  outbox = openOutbox(folderFor());
});
afterEach(() => {
  proxy.close();
  outbox.close();
});

/** Uploads a trip over a link that breaks; the bytes that passed, and what was sent. */
async function upload(
  direction: Direction,
  cutAfter: number,
): Promise<{ trip: string; passed: number; sent: readonly string[] }> {
  const trip = randomUUID();
  withTrip(outbox, EVENTS, { trip_id: trip, vehicle: CAR });
  proxy.breakAfter(direction, cutAfter);
  const client = watched(createHttpClient({ url: proxy.url, key: KEY }));
  const uplink = uplinkTo(proxy.url, outbox, { client, pause: async () => {} });
  await drained(outbox);
  await uplink.stop();
  return { trip, passed: proxy.passed[direction], sent: client.sent };
}

test.each<Direction>(['up', 'down'])(
  'broken at bytes that go %s',
  async (direction) => {
    const whole = await upload(direction, Number.MAX_SAFE_INTEGER);
    const trips = [whole.trip];
    for (let bytes = 1; bytes <= whole.passed; bytes += STEP) {
      const { trip, sent } = await upload(direction, bytes);
      trips.push(trip);
      const mayBeWhole = bytes > whole.passed - VARIES_BY;
      expect({ bytes, broke: proxy.hasBroken || mayBeWhole }).toEqual({ bytes, broke: true });
      // A chunk is sent again only where its answer did not come through.
      expect(sent.filter((line) => line.startsWith('PUT')).length).toBeLessThanOrEqual(2);
    }
    const stored = await server.trips(CAR);
    const counts = new Map(stored.map(({ trip_id, event_count }) => [trip_id, event_count]));
    expect(trips.map((trip) => counts.get(trip))).toEqual(trips.map(() => EVENTS));
    expect(outbox.figures()).toMatchObject({ trips: 0, unsent: 0, set_aside: 0 });
    expect(Date.parse(`${stored[0]?.started_at}`)).toBe(BEGAN_MS + 1_000);
  },
  3_600_000,
);
