/**
 * Events into InfluxDB through the writer of our store, against the most that the same server takes: line protocol that
 * was made beforehand, in bodies of the same size, as many of them under way. Both take turns, on one server. What making
 * trips costs besides is in `influx-path`.
 */
import type { KeyedEvent } from '@fleet/api/ports';
import { InfluxClient, type InfluxSettings } from '@fleet/api/stores/influxdb/client';
import { eventLine } from '@fleet/api/stores/influxdb/event-line';
import { EventWriter } from '@fleet/api/stores/influxdb/event-writer';
import { Touches } from '@fleet/api/stores/influxdb/touches';
import { makeAllThingsYoung } from '@fleet/api/young-space';
import { atLeast, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { driveEvents } from './drive-events.ts';
import { withInfluxd } from './influx-server.ts';
import { cpuSeconds } from './process-use.ts';
import { median, microsInWords, rateInWords, sum, timesInWords } from './statistics.ts';

const TARGET = 0.9;
const ROUNDS = 10;
/** Events of one burst, and of one body. */
const BURST = 400_000;
const BODY = 5_000;
/** Bodies that are under way. */
const LANES = 2;
/** Callers of the writer, and events of one call: as chunks and imports come. */
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
  // As the server does.
  makeAllThingsYoung();
  const client = new InfluxClient(access);
  const writer = new EventWriter(client, new Touches(Date.now), () => {});
  const rounds: { readonly ours: Sample; readonly base: Sample }[] = [];
  try {
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
      const ours = await sample(pid, size, callsOf(`o${round}`, size), CALLERS, (call) => store(writer, call));
      const base = await sample(pid, size, bodiesOf(`b${round}`, size), LANES, (body) =>
        client.write(access.bucket, body),
      );
      rounds.push({ ours, base });
      progress(`${ours.rate.toFixed(0)}/s against ${base.rate.toFixed(0)}/s`);
    }
  } finally {
    await writer.end();
    client.close();
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
  parts: Iterable<T>,
  atOnce: number,
  send: (part: T) => Promise<void>,
): Promise<Sample> {
  const left = parts[Symbol.iterator]();
  const before = cpuSeconds(pid);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.next(); !next.done; next = left.next()) await send(next.value);
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  return { rate: events / seconds, cpu: cpuSeconds(pid) - before };
}

async function store(writer: EventWriter, call: readonly KeyedEvent[]): Promise<void> {
  const refusal = (await writer.write(call)).find((reason) => reason !== undefined);
  if (refusal !== undefined) throw new Error(`an event was refused: ${refusal}`);
}

/** Calls of the writer, each for one of ten vehicles in turn; they come into being when their turn comes, as requests do. */
function* callsOf(vehicle: string, events: number): Generator<KeyedEvent[]> {
  for (let from = 0; from < events; from += CALL) {
    const journey = { vehicle: `${vehicle}-${(from / CALL) % 10}`, trip: null, firstTs: FIRST_TS, stepMs: 1_000 };
    yield driveEvents(journey, from, from + CALL);
  }
}

/** The events of calls in a row, in the bodies that they make. */
function bodiesOf(vehicle: string, events: number): string[] {
  const lines = [...callsOf(vehicle, events)].flat().map(eventLine);
  return Array.from({ length: events / BODY }, (_, body) => lines.slice(body * BODY, (body + 1) * BODY).join('\n'));
}
