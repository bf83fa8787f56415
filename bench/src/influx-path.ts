/** Events over HTTP into InfluxDB, through our server and through Telegraf, on one InfluxDB: speed, and what is lost. */
import { setTimeout as wait } from 'node:timers/promises';
import type { InfluxAccess, Influxd } from '@fleet/testkit';
import { atLeast, atMost, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { Child } from './child.ts';
import { type Contender, CPU_TIME, type DuelReport, duel, duelFindings } from './duel.ts';
import { settingsOf, withInfluxd } from './influx-server.ts';
import { type JsonLoad, type LoadGenerator, startLoadGenerator } from './load-generator.ts';
import { batchesOfEvents, singleEvents } from './loads.ts';
import { KEY, startServer } from './scratch.ts';
import { microsInWords, sum, timesInWords } from './statistics.ts';
import { startTelegraf, TELEGRAF_AFTER_MS } from './telegraf.ts';

const TARGET = 2;
const KILLS = 5;
/** From the start of a burst to the kill, milliseconds. */
const KILL_AFTER_MS = 1_500;

export const influxPathBenchmark: Benchmark = {
  name: 'influx-path',
  about: 'events by POST into InfluxDB, against Telegraf, with a kill -9 of each under load',
  run(options) {
    const { load } = options.cores;
    return withInfluxd('POST into InfluxDB', load, ['influxd', 'telegraf'], (influxd) => compare(influxd, options));
  },
};

async function compare(influxd: Influxd, options: RunOptions): Promise<Finding[]> {
  const generator = startLoadGenerator(options.cores.load);
  try {
    const loss = (start: (access: InfluxAccess) => Promise<Taker>) => lossOf(start, influxd, generator, options);
    return [
      ...(await speed(influxd, generator, options)),
      lossFinding(
        await loss((access) => startServer(options, settingsOf(access))),
        await loss((access) => startTelegraf(options, access)),
      ),
    ];
  } finally {
    await generator.end();
  }
}

async function speed(influxd: Influxd, generator: LoadGenerator, options: RunOptions): Promise<Finding[]> {
  const ours = await startServer(options, settingsOf(await influxd.makeBuckets()));
  const telegraf = await startTelegraf(options, await influxd.makeBuckets());
  const floor = Child.start<object, number>('baseline-post', options.cores.server);
  const bare = { pid: floor.pid, port: await floor.ask({}) };
  const meet = (
    contender: ServerAt,
    load: (letter: string, extent: RunOptions) => JsonLoad,
    letters: readonly [string, string],
  ) =>
    duel(
      generator,
      { ...contender, load: load(letters[0], options) },
      { ...telegraf, load: load(letters[1], options), afterMs: TELEGRAF_AFTER_MS },
      options,
    );
  try {
    return [
      ...findings('single POST into InfluxDB', await meet(ours, singleEvents, ['p', 'q'])),
      floorFinding(await meet(bare, singleEvents, ['r', 's'])),
      ...findings('batches of 100 into InfluxDB', await meet(ours, batchesOfEvents, ['b', 'c'])),
      floorFinding(await meet(bare, batchesOfEvents, ['d', 'e'])),
    ];
  } finally {
    await Promise.all([ours.stop(), telegraf.stop(), floor.end()]);
  }
}

/** Speed is told; what was promised is about CPU time. */
function findings(name: string, report: DuelReport): Finding[] {
  return duelFindings(name, report, undefined).map((finding) =>
    finding.name === CPU_TIME ? { ...finding, target: atLeast(TARGET, report.cpuRatio, ' ×') } : finding,
  );
}

/** What no server on Node's HTTP can do without: CPU time where events are checked, and stored nowhere. */
function floorFinding({ ours, base, cpuRatio }: DuelReport): Finding {
  return {
    name: '- the same without any store',
    measured: microsInWords(ours.cpuMicros),
    baseline: microsInWords(base.cpuMicros),
    ratio: timesInWords(cpuRatio),
  };
}

/** A server by its process and port. */
type ServerAt = Pick<Contender, 'pid' | 'port'>;

/** A program that takes events, and can be killed. */
interface Taker {
  readonly port: number;
  kill(): Promise<void>;
}

/** What was acknowledged and is not stored when a program is killed under load; some may be stored that was not. */
async function lossOf(
  start: (access: InfluxAccess) => Promise<Taker>,
  influxd: Influxd,
  generator: LoadGenerator,
  { quick }: RunOptions,
): Promise<Loss> {
  const losses: Loss[] = [];
  for (let kill = 0; kill < (quick ? 1 : KILLS); kill++) {
    const access = await influxd.makeBuckets();
    const taker = await start(access);
    const load = { ...singleEvents('k', { quick: false }), ms: 2 * KILL_AFTER_MS, untilCut: true };
    const burst = generator.ask({ load, port: taker.port, key: KEY });
    await wait(KILL_AFTER_MS);
    await taker.kill();
    const { events: acknowledged, failures } = await burst;
    if (failures > 0) throw new Error(`${failures} requests failed`);
    // Each event has a speed.
    const [[, stored] = []] = await influxd.select(access.bucket, 'SELECT count(speed_kph) FROM telemetry');
    losses.push({ acknowledged, stored: Number(stored ?? 0) });
  }
  return { acknowledged: sum(losses.map((each) => each.acknowledged)), stored: sum(losses.map((each) => each.stored)) };
}

interface Loss {
  readonly acknowledged: number;
  readonly stored: number;
}

function lossFinding(ours: Loss, base: Loss): Finding {
  const lost = ({ acknowledged, stored }: Loss) => Math.max(0, acknowledged - stored);
  const words = (loss: Loss) => `${loss.stored} of ${loss.acknowledged}`;
  return {
    name: '- stored of acknowledged, kill -9',
    measured: words(ours),
    baseline: words(base),
    target: atMost(0, lost(ours), ' lost'),
  };
}
