/** `fleet copy`: what one server has is on the other one, whatever happens on the way. */
import { type InfluxAccess, type ReadTrip, readDrives, readEventsOf, readTrips } from '@fleet/testkit';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createPlace, type Ended, type Place } from './cli.ts';
import { describeWithInfluxd } from './influx.ts';
import { send, startTestServer, type TestServer, until } from './server.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
/** Recorded drives that a server gets, as loose events. */
const DRIVES = 6;
/** The write during which a copy is killed. */
const KILLED_AT = 6;

let place: Place;
let running: TestServer[] = [];
beforeEach(async () => {
  place = await createPlace();
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
  await place.leave();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startTestServer({ TRIP_IDLE_TIMEOUT: '100s', ...settings });
  running.push(server);
  return server;
}

function argsOf(from: TestServer, to: { readonly url: string; readonly admin: string }, ...more: readonly string[]) {
  return ['copy', '--from', from.url, '--from-key', from.admin, '--to', to.url, '--to-key', to.admin, ...more];
}

function copy(from: TestServer, to: TestServer, ...more: readonly string[]): Promise<Ended> {
  return place.fleet(argsOf(from, to, ...more));
}

/** Drives, a device's trip with loose events around, a vehicle of two names, and a correction of every kind. */
async function fill(server: TestServer): Promise<void> {
  const good = async (path: string, request: object) => {
    const answer = await server.request(path, request);
    if (answer.status >= 300) throw new Error(`${path} ${answer.text}`);
    return answer.body;
  };
  const lines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const dated = readDrives().slice(0, DRIVES);
  for (const { events } of dated) {
    const headers = { 'content-type': 'application/x-ndjson' };
    await good('/v1/import', { method: 'POST', headers, body: lines(events.map((one) => ({ ...one, source: 'pi' }))) });
  }
  const began = Date.now() - 3 * DAY_MS;
  const at = (seconds: number, more: object = {}) => ({
    ...{ vehicle_id: 'golf', ts: new Date(began + seconds * 1_000).toISOString(), rpm: 900.5, custom_x: seconds / 10 },
    ...more,
  });
  await server.ingest([0, 10, 20].map((second) => at(second)));
  await server.ingest([1, 2, 4].map((seq) => at(200 + seq, { trip_id: TRIP, seq, dtcs: ['P0301'] })));
  await server.ingest([at(210), at(215, { vehicle_id: 'WVWZZZ1JZ3W386752' })]);
  await server.ingest([at(5_000), at(5_060), at(9_000), at(9_060), at(20_000), at(20_001)]);
  await good('/v1/vehicles/golf', { method: 'PUT', body: { name: 'Golf', aliases: ['WVWZZZ1JZ3W386752'] } });
  const { trips } = await good('/v1/trips?vehicle=golf', {});
  const [newest, third, second, , first] = trips.map(({ trip_id }: ReadTrip) => `/v1/trips/${trip_id}`);
  await good(`${second}/merge`, { body: { with: third.slice('/v1/trips/'.length) } });
  await good(newest, { method: 'DELETE' });
  await good(first, { method: 'PATCH', body: { name: 'To the sea' } });
  await good(`${first}/split`, { body: { at: at(10).ts } });
}

/** Everything that can be read. */
async function everythingOf({ url, admin }: { readonly url: string; readonly admin: string }) {
  const target = { url, key: admin };
  const ask = async (path: string) => (await send(url + path, { key: admin })).body;
  const trips = await readTrips(target);
  const events = await readEventsOf(target, trips);
  const { corrections } = await ask('/v1/corrections');
  const { vehicles } = await ask('/v1/vehicles');
  return { vehicles, trips, corrections, events };
}

/** Starts a copy, and kills it while the other server stores some of it, a few trips in. */
async function killedCopy(from: TestServer, to: TestServer): Promise<void> {
  const { store } = to.services;
  const write = store.write.bind(store);
  const copying = place.start(argsOf(from, to));
  let writes = 0;
  const watched = jest.spyOn(store, 'write').mockImplementation(async (events) => {
    writes++;
    if (writes === KILLED_AT) {
      copying.child.kill('SIGKILL');
      await copying.ended;
    }
    return write(events);
  });
  await copying.ended;
  watched.mockRestore();
}

describe('from one file to another', () => {
  test('a copy that is killed and run again has everything, once; the next one has nothing to do', async () => {
    const [from, to] = [await start(), await start()];
    await fill(from);
    const expected = await everythingOf(from);

    await killedCopy(from, to);
    const halfway = await everythingOf(to);
    const { code, out } = await copy(from, to);
    const again = await copy(from, to);

    expect(halfway.events.length).toBeLessThan(expected.events.length);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^Everything is there; .*$/m) });
    expect(await everythingOf(to)).toEqual(expected);
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^Everything is there; 0 events sent\.$/m) });
  });

  test('--dry-run tells what would be copied, vehicle by vehicle, and changes nothing', async () => {
    const [from, to] = [await start(), await start()];
    await fill(from);
    const before = await everythingOf(to);
    const { code, out } = await copy(from, to, '--dry-run');
    const { trips } = await everythingOf(from);
    const events = trips.reduce((sum, { event_count }) => sum + event_count, 0);

    expect(code).toBe(0);
    expect(out).toMatch(/^VEHICLE +TRIPS +EVENTS +TRIPS THERE +EVENTS THERE\n/);
    expect(out).toMatch(/^golf +4 +12 +0 +0$/m);
    expect(out).toContain(
      `1 vehicle and 4 corrections, ${trips.length} trips with ${events.toLocaleString('en')} events`,
    );
    expect(await everythingOf(to)).toEqual(before);
  });

  test('--vehicle copies that one alone, by any of its names', async () => {
    const [from, to] = [await start(), await start()];
    await fill(from);
    const { code } = await copy(from, to, '--vehicle', 'WVWZZZ1JZ3W386752');
    const unknown = await copy(from, to, '--vehicle', 'polo');
    const all = await everythingOf(from);

    expect(code).toBe(0);
    expect((await everythingOf(to)).trips).toEqual(all.trips.filter(({ vehicle }) => vehicle === 'golf'));
    expect(unknown).toMatchObject({ code: 1, err: 'fleet: --from has no vehicle polo\n' });
  });

  test('what the other server has beside stays, and drives that went on there are whole', async () => {
    const [from, to] = [await start(), await start()];
    const began = Date.now() - DAY_MS;
    const at = (second: number) => ({ vehicle_id: 'golf', ts: new Date(began + second * 1_000).toISOString(), rpm: 1 });
    await from.ingest([at(0), at(50), at(100)]);
    await to.ingest([at(150), at(200), at(9_000)]);
    await to.request('/v1/vehicles/golf', { method: 'PUT', body: { name: 'My golf', aliases: ['g'] } });
    const { code, out } = await copy(from, to);
    const { trips, vehicles } = await everythingOf(to);

    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^golf +1 +3 +1 +3$/m) });
    expect(trips.map(({ event_count }) => event_count)).toEqual([1, 5]);
    expect(vehicles).toMatchObject([{ name: 'My golf', aliases: ['g'] }]);
  });

  test('events that the other server does not keep are named, with the code 1', async () => {
    const [from, to] = [await start(), await start({ RETENTION: '1d' })];
    const tsOf = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
    await from.ingest([0.1, 2, 3].map((days) => ({ vehicle_id: 'golf', ts: tsOf(days), rpm: 1 })));
    const { code, out } = await copy(from, to);

    expect(code).toBe(1);
    expect(out).toMatch(/^golf +3 +3 +1 +1$/m);
    expect(out).toMatch(/^ {2}2 × too-old, first in trip /m);
    expect(out).toMatch(/^ {2}golf, .* trip .*: 1 of 1 event missing$/m);
  });

  test('a key that is not an admin key is told so', async () => {
    const [from, to] = [await start(), await start()];
    const viewer = { url: to.url, admin: await to.viewer() };
    const { code, err } = await place.fleet(argsOf(from, viewer));

    expect({ code, err }).toEqual({ code: 1, err: "fleet: --to-key must be an admin's key: this one is a viewer's\n" });
  });

  test('it waits for a server that goes away, and goes on', async () => {
    const from = await start();
    await fill(from);
    const to = { url: place.server.url, admin: place.admin };
    const copying = place.start(argsOf(from, to));
    await until(copying.said, (text) => text.includes(`waiting for ${to.url}`), 60_000);
    await place.server.start();
    await until(
      () => readTrips({ url: to.url, key: to.admin }),
      (trips) => trips.length > 1,
      60_000,
    );
    await place.server.end('SIGKILL');
    await place.server.start();
    const { code } = await copying.ended;

    expect(code).toBe(0);
    expect(await everythingOf(to)).toEqual(await everythingOf(from));
  });
});

describeWithInfluxd('into an InfluxDB, and back', (server) => {
  function settingsOf({ url, token, org, bucket }: InfluxAccess) {
    return { STORE: 'influxdb', INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket };
  }

  test('every trip and event is the same, though the copy was killed on the way', async () => {
    const [pi, cluster, back] = [await start(), await start(settingsOf(await server().makeBuckets())), await start()];
    await fill(pi);
    const expected = await everythingOf(pi);

    await killedCopy(pi, cluster);
    const halfway = await everythingOf(cluster);
    const there = await copy(pi, cluster);
    const inCluster = await everythingOf(cluster);
    const again = await copy(pi, cluster);
    const home = await copy(cluster, back);

    expect(halfway.events.length).toBeLessThan(expected.events.length);
    expect(there.code).toBe(0);
    expect(inCluster).toEqual(expected);
    expect(again.out).toMatch(/^Everything is there; 0 events sent\.$/m);
    expect(home.code).toBe(0);
    expect(await everythingOf(back)).toEqual(expected);
  });
});
