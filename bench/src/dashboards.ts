/** Every panel's query with a year of one car in InfluxDB: what a person waits for when a page is opened. */
import { dayOf, type KeyedEvent } from '@fleet/api/ingest/key-of';
import { measuredOf, valuesOf } from '@fleet/api/ingest/measured';
import { openInfluxStore } from '@fleet/api/stores/influxdb/influx-store';
import { DASHBOARDS } from '@fleet/dashboards';
import { askFlux, hasProgram, type InfluxAccess, Influxd, interpolateFlux, type QueryContext } from '@fleet/testkit';
import { atMost, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { bind } from './cores.ts';
import { driveEvents } from './drive-events.ts';
import { cpuSeconds } from './process-use.ts';
import { median } from './statistics.ts';

const TARGET_S = 1;
const CAR = 'year';
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAYS = 365;
/** Two drives a day, of half an hour each, an event a second. */
const HOURS = [7, 17];
const EVENTS = 1_780;
const TIMES = 3;
/** How wide a page is, in Grafana's points. */
const POINTS = 1_000;

export const dashboardsBenchmark: Benchmark = {
  name: 'dashboards',
  about: "every panel of Grafana's pages, with a year of one car",
  async run(options) {
    if (!hasProgram('influxd')) return [{ name: 'panels', measured: 'influxd is not on the PATH' }];
    const server = await Influxd.create();
    try {
      bind(server.pid, options.cores.server);
      const access = await server.makeBuckets();
      await load(access, options);
      return await measure(access, server.pid, options);
    } finally {
      await server.dispose();
    }
  },
};

async function load(access: InfluxAccess, { quick, progress }: RunOptions): Promise<void> {
  const { events, summarize } = await openInfluxStore({ server: access, idleMs: 300_000 });
  const days = quick ? 3 : DAYS;
  for (let day = DAYS - days; day < DAYS; day++) {
    const drives = HOURS.map((hour, at) => driveOf(day * HOURS.length + at, FIRST_DAY + day * DAY_MS + hour * HOUR_MS));
    await events.write(drives.flat());
    if (day % 30 === 0) progress(`day ${day}`);
  }
  await summarize(0);
  await events.close();
  progress(`${days * HOURS.length * EVENTS} events`);
}

/** A recorded drive with what an engine says beside it. */
function driveOf(number: number, firstTs: number): KeyedEvent[] {
  const journey = { vehicle: CAR, trip: null, firstTs, stepMs: 1_000 };
  return driveEvents(journey, 0, EVENTS).map((event, second) => ({
    ...event,
    container: dayOf(event.ts),
    measured: measuredOf({
      ...valuesOf(event.measured),
      coolant_c: Math.min(92, 10 + second / 8),
      battery_v: second < 3 ? 10.5 : 14.2,
      engine_load_pct: (number * 7 + second) % 100,
      fuel_rate_lph: 5,
      fuel_level_pct: 100 - (number % 20) * 5,
    }),
  }));
}

async function measure(access: InfluxAccess, pid: number, { progress }: RunOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { uid = '', title = '', panels = [] } of DASHBOARDS) {
    for (const panel of panels) {
      for (const { query } of queriesOf(panel)) {
        const text = interpolateFlux(query, contextOf(uid, access));
        const before = cpuSeconds(pid);
        const seconds = median(await timesOf(() => askFlux(access, text)));
        const cpu = (cpuSeconds(pid) - before) / TIMES;
        const name = `${title}: ${panel.title}`;
        const measured = `${inMs(seconds)}, CPU ${inMs(cpu)}`;
        progress(`${name} ${measured}`);
        findings.push({ name, measured, target: atMost(TARGET_S, seconds, ' s') });
      }
    }
  }
  return findings;
}

function inMs(seconds: number): string {
  return `${(seconds * 1_000).toFixed(0)} ms`;
}

/** Queries in Flux; those in PromQL have none. */
function queriesOf(panel: object): readonly { readonly query: string }[] {
  const { targets = [] } = panel as { readonly targets?: readonly { readonly query?: string }[] };
  return targets.flatMap(({ query }) => (query === undefined ? [] : [{ query }]));
}

/** A trip's page shows a trip, the live one its minutes, all others the whole year. */
function contextOf(uid: string, { bucket }: InfluxAccess): QueryContext {
  const to = FIRST_DAY + DAYS * DAY_MS;
  const lastTrip = to - DAY_MS + (HOURS[1] ?? 0) * HOUR_MS;
  const spans: Record<string, readonly [number, number]> = {
    'fleet-trip': [lastTrip, lastTrip + EVENTS * 1_000],
    'fleet-live': [lastTrip, lastTrip + 15 * 60_000],
  };
  const [from, end] = spans[uid] ?? [to - DAYS * DAY_MS, to];
  const variables = { vehicle: [CAR], names: [CAR], __timezone: ['Europe/Berlin'] };
  return { bucket, from, to: end, maxDataPoints: POINTS, variables };
}

async function timesOf(work: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const began = performance.now();
    await work();
    seconds.push((performance.now() - began) / 1_000);
  }
  return seconds;
}
