/**
 * Events into InfluxDB through our store, against the most that the same server takes: line protocol that was made
 * beforehand, in bodies of the same size, as many of them under way. Both take turns, on one server.
 */
import type { EventStore, KeyedEvent } from '@fleet/api/ports';
import { InfluxClient, type InfluxSettings } from '@fleet/api/stores/influxdb/client';
import { eventLine } from '@fleet/api/stores/influxdb/event-line';
import { openInfluxStore } from '@fleet/api/stores/influxdb/influx-store';
import { atLeast, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { driveEvents } from './drive-events.ts';
import { withInfluxd } from './influx-server.ts';
import { cpuSeconds } from './process-use.ts';
import { median, microsInWords, rateInWords, sum, timesInWords } from './statistics.ts';

const TARGET = 0.9;
const ROUNDS = 10;
/** Events of one burst, and of one body. */
const BURST = 100_000;
const BODY = 5_000;
/** Bodies that are under way. */
const LANES = 2;
/** Callers of the store, and events of one call: as chunks and imports come. */
const CALLERS = 16;
const CALL = 1_000;
const FIRST_TS = Date.UTC(2025, 0, 1);

export const influxBenchmark: Benchmark = {
  name: 'influx',
  about: 'events into InfluxDB, against line protocol that was made beforehand',
  run(options) {
    return withInfluxd('into InfluxDB', options.cores.server, ['influxd'], async (influxd) =>
      compare(await influxd.makeBuckets(), influxd.pid, options),
    );
  },
};

/** One burst: events a second, and seconds of the server's CPU time. */
interface Sample {
  readonly rate: number;
  readonly cpu: number;
}

async function compare(access: InfluxSettings, pid: number, { quick, progress }: RunOptions): Promise<Finding[]> {
  const size = quick ? BODY : BURST;
  const { events } = await openInfluxStore({ server: access, idleMs: 300_000 });
  const client = new InfluxClient(access);
  const rounds: { readonly ours: Sample; readonly base: Sample }[] = [];
  try {
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
      const ours = await sample(pid, size, callsOf(`o${round}`, size), CALLERS, (call) => store(events, call));
      const base = await sample(pid, size, bodiesOf(`b${round}`, size), LANES, (body) =>
        client.write(access.bucket, body),
      );
      rounds.push({ ours, base });
      progress(`${ours.rate.toFixed(0)}/s against ${base.rate.toFixed(0)}/s`);
    }
  } finally {
    client.close();
    await events.close();
  }
  const [ours, base] = [rounds.map((pair) => pair.ours), rounds.map((pair) => pair.base)];
  const ratio = median(rounds.map((pair) => pair.ours.rate / pair.base.rate));
  const cpuOf = (samples: readonly Sample[]) => (sum(samples.map(({ cpu }) => cpu)) / (size * rounds.length)) * 1e6;
  return [
    {
      name: 'into InfluxDB, durable',
      measured: rateInWords(median(ours.map(({ rate }) => rate))),
      baseline: rateInWords(median(base.map(({ rate }) => rate))),
      ratio: timesInWords(ratio),
      target: atLeast(TARGET, ratio, ' ×'),
    },
    {
      name: "- InfluxDB's CPU time an event",
      measured: microsInWords(cpuOf(ours)),
      baseline: microsInWords(cpuOf(base)),
      ratio: timesInWords(cpuOf(base) / cpuOf(ours)),
    },
  ];
}

/** Sends the parts, so many at once. */
async function sample<T>(
  pid: number,
  events: number,
  parts: readonly T[],
  atOnce: number,
  send: (part: T) => Promise<void>,
): Promise<Sample> {
  const left = parts.values();
  const before = cpuSeconds(pid);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const part of left) await send(part);
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  return { rate: events / seconds, cpu: cpuSeconds(pid) - before };
}

async function store(events: EventStore, call: readonly KeyedEvent[]): Promise<void> {
  const results = await events.write(call);
  const lost = results.find(({ outcome }) => outcome !== 'stored');
  if (lost !== undefined) throw new Error(`an event was ${lost.outcome}: ${lost.reason}`);
}

function callsOf(vehicle: string, events: number): KeyedEvent[][] {
  return partsOf(vehicle, events, CALL);
}

function bodiesOf(vehicle: string, events: number): string[] {
  return partsOf(vehicle, events, BODY).map((part) => part.map(eventLine).join('\n'));
}

/** Trips of ten at once, each part of one of them. */
function partsOf(vehicle: string, events: number, size: number): KeyedEvent[][] {
  return Array.from({ length: events / size }, (_, part) => {
    const journey = { vehicle: `${vehicle}-${part % 10}`, trip: null, firstTs: FIRST_TS, stepMs: 1_000 };
    return driveEvents(journey, part * size, (part + 1) * size);
  });
}
