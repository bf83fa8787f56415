/** Two processes on one InfluxDB, behind a round robin, are one server. */
import type { TelemetryEvent } from '@fleet/contract';
import {
  cutAtRandom,
  FleetProcess,
  type Influxd,
  integerBetween,
  Ledger,
  type Random,
  readDrives,
  readEventsOf,
  readTrips,
  seededRandom,
  sendAll,
  shuffled,
  type Target,
  TRANSPORTS,
  type Transport,
} from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWithInfluxd, influxSettings } from './influx.ts';
import { asTrip, chunkOf, Device } from './offline.ts';
import { send, until } from './server.ts';

const KEY = 'a-key-for-every-vehicle';
const ADMIN = KEY.repeat(2);
const CLIENTS = 4;

describeWithInfluxd('two processes on one InfluxDB', (server) => {
  let processes: FleetProcess[];
  beforeEach(async () => {
    const env = {
      ...influxSettings(await server().makeBuckets()),
      API_KEY: KEY,
      ADMIN_TOKEN: ADMIN,
      TRIP_IDLE_TIMEOUT: '100s',
      INGEST_MAX_AGE: 'off',
      LOG_LEVEL: 'error',
    };
    processes = [await FleetProcess.create(env), await FleetProcess.create(env)];
    await Promise.all(processes.map((each) => each.start()));
  }, 60_000);
  afterEach(() => Promise.all(processes.map((each) => each.end('SIGKILL'))));

  const targets = (key: string) => processes.map(({ url }) => ({ url, key }));

  test('make exactly the true trips of drives shuffled and repeated, whatever is killed', async () => {
    const random = seededRandom(4);
    const drives = readDrives();
    const ledger = new Ledger();
    const events = drives.flatMap((drive) => drive.events);
    let turn = 0;
    const inTurn =
      (transport: Transport): Transport =>
      (_target, sent) =>
        transport(targets(KEY)[turn++ % 2]!, sent);
    const requests = requestsOf(random, events).map(([transport, sent]) => [inTurn(transport), sent] as const);

    for (const slice of cutAtRandom(random, requests, requests.length / 8, requests.length / 4)) {
      const sending = sendAll(slice, { target: targets(KEY)[0]!, ledger, lanes: CLIENTS, withinMs: 60_000 });
      await Promise.all([sending, killSoon(random, server(), processes[1]!)]);
    }

    const [ours, theirs] = await Promise.all(targets(ADMIN).map(readTrips));
    expect(theirs).toEqual(ours);
    expect(ours!.map(boundsOf).reverse()).toEqual(drives.map(({ truth }) => boundsOf(truth)));
    for (const [index, { truth }] of drives.entries()) {
      const { distance_km, distance_gap_km } = ours!.at(-1 - index)!;
      expect(Math.abs((distance_km - distance_gap_km) / truth.logger_distance_km - 1)).toBeLessThan(0.025);
    }
    expect(ledger.faultsIn(await readEventsOf(targets(ADMIN)[1]!, ours!))).toEqual([]);
  }, 180_000);

  test('take a trip of 2019 piece by piece, at 10 Hz with whole seconds, and list it at once', async () => {
    const trip_id = 'aaaaaaaa-0000-4000-8000-000000000019';
    const began = Date.UTC(2019, 6, 1, 12);
    const recorded = Array.from({ length: 3_000 }, (_, index): TelemetryEvent => {
      const ts = new Date(began + Math.floor(index / 10) * 1_000).toISOString();
      return { vehicle_id: 'golf', ts, speed_kph: 50 + (index % 10) };
    });
    const events = asTrip(recorded, trip_id, 'golf');
    const chunks = [0, 1, 2].map((no) => chunkOf(no + 1, events.slice(no * 1_000, (no + 1) * 1_000)));
    const [one, two] = targets(KEY).map((target) => new Device({ ...target, vehicle: 'golf', trip_id })) as [
      Device,
      Device,
    ];

    expect((await one.announce()).status).toBe(201);
    for (const [index, chunk] of chunks.entries()) {
      expect((await (index % 2 === 0 ? two : one).putChunk(chunk)).status).toBeLessThan(300);
      const [listed] = await readTrips(targets(ADMIN)[index % 2]!);
      expect(listed).toMatchObject({ trip_id, event_count: 1_000 * (index + 1), started_at: '2019-07-01T12:00:00Z' });
    }
    expect((await two.complete(chunks)).status).toBe(200);
  });

  test('take what people change about the same trips at once, and soon tell the same of them', async () => {
    const [ours, theirs] = targets(ADMIN) as [Target, Target];
    const change = (target: Target, method: string, path: string, body?: object) =>
      send(`${target.url}/v1/trips/${path}`, { key: ADMIN, method, ...(body && { body }) });
    const eventsOf = (hour: number, seconds: readonly number[]) =>
      seconds.map((second) => ({
        vehicle_id: 'golf',
        ts: new Date(Date.UTC(2026, 5, 1, hour, 0, second)).toISOString(),
        rpm: 900 + second,
      }));
    for (const [index, hour] of [6, 9, 12, 13, 15].entries()) {
      const url = `${targets(KEY)[index % 2]!.url}/v1/ingest`;
      expect((await send(url, { key: KEY, body: eventsOf(hour, [0, 10, 20, 30]) })).status).toBe(200);
    }
    const [named, deleted, first, second, halved] = (await readTrips(ours)).map(({ trip_id }) => trip_id).reverse();

    const answers = await Promise.all([
      change(ours, 'PATCH', `${named}`, { name: 'to work' }),
      change(theirs, 'PATCH', `${named}`, { note: 'rain' }),
      change(ours, 'DELETE', `${deleted}`),
      change(theirs, 'DELETE', `${deleted}`),
      change(ours, 'POST', `${first}/merge`, { with: second }),
      change(theirs, 'POST', `${halved}/split`, { at: '2026-06-01T15:00:15Z' }),
    ]);
    const late = await send(`${theirs.url}/v1/ingest`, { key: KEY, body: eventsOf(9, [15]) });

    expect([...answers, late].map(({ status }) => status)).toEqual(Array(7).fill(200));
    const wanted = { counts: [4, 8, 2, 2], name: 'to work', note: 'rain' };
    for (const target of [ours, theirs]) {
      const told = async () => {
        const { name, note } = (await change(target, 'GET', `${named}`)).body;
        const counts = (await readTrips(target)).map(({ event_count }) => event_count).reverse();
        return JSON.stringify({ counts, name, note });
      };
      await until(told, (answer) => answer === JSON.stringify(wanted));
    }
  });
});

/** Every event twice, in any order, in requests of any size and of every kind. */
function requestsOf(random: Random, events: readonly TelemetryEvent[]): [Transport, TelemetryEvent[]][] {
  const kinds = Object.values(TRANSPORTS);
  return cutAtRandom(random, shuffled(random, [...events, ...events]), 1, 400).map((request) => {
    const kind = request.length > 20 ? integerBetween(random, 1, kinds.length - 1) : 0;
    return [kinds[kind] as Transport, request];
  });
}

/** Kills InfluxDB and one of the processes, and starts them again. */
async function killSoon(random: Random, influxd: Influxd, process: FleetProcess): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, integerBetween(random, 10, 400)));
  await influxd.end('SIGKILL');
  await influxd.start();
  await process.end('SIGKILL');
  await process.start();
}

interface Bounds {
  readonly started_at: string;
  readonly ended_at: string;
  readonly event_count: number;
}

function boundsOf({ started_at, ended_at, event_count }: Bounds) {
  return [Date.parse(started_at), Date.parse(ended_at), event_count];
}
