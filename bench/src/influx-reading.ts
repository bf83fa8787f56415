/** What reading costs with millions of points in InfluxDB: in a few long trips, and in many short ones. */
import type { EventStore, KeyedEvent } from '@fleet/api/ports';
import { type InfluxStore, openInfluxStore } from '@fleet/api/stores/influxdb/influx-store';
import type { Influxd } from '@fleet/testkit';
import type { Benchmark, Finding, RunOptions } from './benchmark.ts';
import { driveEvents } from './drive-events.ts';
import { withInfluxd } from './influx-server.ts';
import { millisInWords } from './statistics.ts';
import { medianMs } from './timing.ts';

const VEHICLES = 50;
const POINTS = 2_000_000;
const QUICK_POINTS = 20_000;
const TRIPS = [1_000, 10_000] as const;
const STEP_MS = 1_000;
const FIRST_TS = Date.UTC(2026, 0, 1);
const IDLE_MS = 300_000;
const MONTH_MS = 30 * 86_400_000;
const MINUTE_MS = 60_000;
/** Calls that write at once, and how many events each has at least. */
const LANES = 8;
const CALL = 1_000;

export const influxReadingBenchmark: Benchmark = {
  name: 'influx-reading',
  about: '2 million points in InfluxDB, in 1,000 and in 10,000 trips: what each question costs',
  run(options) {
    return withInfluxd('reading from InfluxDB', options.cores.all, ['influxd'], async (influxd) => {
      const [few, many] = [await costs(influxd, TRIPS[0], options), await costs(influxd, TRIPS[1], options)];
      return few.map(
        ([name, ms], index): Finding => ({
          name: `${name}, ${TRIPS[0]} | ${TRIPS[1]} trips`,
          measured: `${millisInWords(ms)} | ${millisInWords(many[index]?.[1] ?? Number.NaN)}`,
        }),
      );
    });
  },
};

type Cost = readonly [name: string, ms: number];

async function costs(influxd: Influxd, trips: number, { quick, progress }: RunOptions): Promise<Cost[]> {
  const length = (quick ? QUICK_POINTS : POINTS) / trips;
  const server = await influxd.makeBuckets();
  const open = () => openInfluxStore({ server, idleMs: IDLE_MS });
  const writer = await open();
  await fill(writer.events, trips, length);
  progress(`${trips} trips are written`);
  const first = await took(() => list(writer.events));
  // Its end saves what it worked out.
  await writer.events.close();
  const [start, reader] = await opened(open);
  try {
    return [
      ['all trips, never worked out before', first],
      ['all trips, in a new process', start],
      ...(await questions(reader, length, quick)),
    ];
  } finally {
    await reader.events.close();
  }
}

async function questions({ events }: InfluxStore, length: number, quick: boolean): Promise<Cost[]> {
  const vehicle = vehicleOf(0);
  const id = tripOf(0);
  const span = { from: FIRST_TS, to: FIRST_TS + MONTH_MS };
  const asked: readonly (readonly [name: string, ask: () => Promise<unknown>])[] = [
    ['the newest 50 trips of all', () => list(events)],
    ['the newest 50 trips of a vehicle', () => list(events, [vehicle])],
    ['one trip, its summary', () => events.trip(id, [vehicle])],
    [`one trip, its ${length} events`, () => rowsOf(events, vehicle, id)],
    ['the seqs of a trip', () => events.seqs(vehicle, id)],
    ['where all vehicles are', async () => events.latest((await events.vehicles()).map((each) => each.vehicle))],
    ['a month of a signal, minute by minute', () => events.history(vehicle, 'speed_kph', span, MINUTE_MS)],
  ];
  const found: Cost[] = [];
  for (const [name, ask] of asked) found.push([name, await medianMs(ask, quick)]);
  return found;
}

async function opened(open: () => Promise<InfluxStore>): Promise<readonly [ms: number, store: InfluxStore]> {
  const began = performance.now();
  const store = await open();
  await list(store.events);
  return [performance.now() - began, store];
}

function list(events: EventStore, vehicles?: readonly string[]): Promise<unknown> {
  const span = { from: FIRST_TS, to: Number.MAX_SAFE_INTEGER };
  return events.trips({ vehicles, span, limit: 50, after: undefined });
}

async function rowsOf(events: EventStore, vehicle: string, id: string): Promise<void> {
  const found = await events.trip(id, [vehicle]);
  if (found.kind !== 'found') throw new Error(`there is no trip ${id}`);
  let count = 0;
  for await (const rows of events.rows(vehicle, found.trip)) count += rows.length;
  if (count === 0) throw new Error(`trip ${id} is empty`);
}

/** Each vehicle's trips follow each other, with breaks. */
async function fill(events: EventStore, trips: number, length: number): Promise<void> {
  const atOnce = Math.ceil(CALL / length);
  let next = 0;
  const lane = async () => {
    while (next < trips) {
      const call = Array.from({ length: Math.min(atOnce, trips - next) }, () => next++);
      await events.write(call.flatMap((number) => eventsOf(number, length)));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

function eventsOf(number: number, length: number): KeyedEvent[] {
  const turn = Math.floor(number / VEHICLES);
  const firstTs = FIRST_TS + turn * (length * STEP_MS + 2 * IDLE_MS);
  const journey = { vehicle: vehicleOf(number % VEHICLES), trip: tripOf(number), firstTs, stepMs: STEP_MS };
  return driveEvents(journey, 0, length);
}

function vehicleOf(number: number): string {
  return `car-${number}`;
}

function tripOf(number: number): string {
  return `00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`;
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
