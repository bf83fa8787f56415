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
  TRANSPORTS,
  type Transport,
} from '@fleet/testkit';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWithInfluxd, influxSettings } from './influx.ts';
import { asTrip, chunkOf, Device } from './offline.ts';

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
