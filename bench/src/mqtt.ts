/**
 * Messages through a broker, each an event, as fast as it takes them: how many our server stores before it sends PUBACKs,
 * against mqtt.js that handles one at a time with the same store, and against subscribers that store nothing. All take
 * turns at the same session of one Mosquitto. What one at a time loses is a commit for each message, so it is measured
 * with the commits of this disk, which may be fast, and with those of a usual one.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram, Mosquitto } from '@fleet/testkit';
import { atLeast, type Benchmark, type Finding, type RunOptions } from './benchmark.ts';
import { Child } from './child.ts';
import { bind } from './cores.ts';
import type { Drained, DrainQuestion, Way } from './mqtt-drain.ts';
import type { PublishQuestion } from './mqtt-publish.ts';
import { inScratchFolder } from './scratch.ts';
import { median, microsInWords, rateInWords, timesInWords } from './statistics.ts';

const NAIVE_TARGET = 40;
const NOTHING_TARGET = 0.8;
const ROUNDS = 7;
/** Messages of one burst. */
const BURST = 40_000;
/** One by one they take a hundred times as long. */
const NAIVE_SHARE = 1 / 40;
/** A commit of a usual disk, milliseconds. One by one, messages are as slow as that; this machine's disk may be faster. */
const USUAL_COMMIT_MS = 2;
const QUICK_SHARE = 1 / 4;

const USERS = { 'fleet-api': 'bench-api', bench: 'bench-device' };

export const mqttBenchmark: Benchmark = {
  name: 'mqtt',
  about: 'messages of MQTT from a broker, durable before PUBACK, against one at a time, and against storing nothing',
  async run(options) {
    if (!hasProgram('mosquitto')) return [{ name: 'messages of MQTT', measured: 'mosquitto is not on the PATH' }];
    // It saves nothing while it is measured.
    const broker = await Mosquitto.create(USERS, { autosave_interval: '1800' });
    try {
      appendFileSync(join(broker.folder, 'acl'), '\nuser bench\ntopic write telemetry/#\n');
      process.kill(broker.pid, 'SIGHUP');
      bind(broker.pid, options.cores.load);
      return await inScratchFolder(options, (folder) => compare(broker, folder, options));
    } finally {
      await broker.dispose();
    }
  },
};

/** What takes turns: a way, and what a commit takes at least there. */
const TURNS = {
  ours: { way: 'ours', commitMs: 0, share: 1 },
  nothing: { way: 'nothing', commitMs: 0, share: 1 },
  bare: { way: 'bare', commitMs: 0, share: 1 },
  naive: { way: 'naive', commitMs: 0, share: NAIVE_SHARE },
  oursSlow: { way: 'ours', commitMs: USUAL_COMMIT_MS, share: 1 },
  naiveSlow: { way: 'naive', commitMs: USUAL_COMMIT_MS, share: NAIVE_SHARE },
} as const satisfies Readonly<Record<string, { way: Way; commitMs: number; share: number }>>;

type Turn = keyof typeof TURNS;
type Round = Readonly<Record<Turn, Drained>>;

async function compare(broker: Mosquitto, folder: string, { cores, quick, progress }: RunOptions): Promise<Finding[]> {
  const publisher = Child.start<PublishQuestion, number>('mqtt-publish', cores.load);
  const subscriber = Child.start<DrainQuestion, Drained>('mqtt-drain', cores.server);
  const size = Math.round(BURST * (quick ? QUICK_SHARE : 1));
  let burst = 0;
  const drain = async (turn: Turn) => {
    const { way, commitMs, share } = TURNS[turn];
    const count = Math.ceil(size * share);
    const about = { way, commitMs, count, folder, url: broker.url, user: 'fleet-api', password: USERS['fleet-api'] };
    await subscriber.ask({ ...about, step: 'subscribe' });
    const published = publisher.ask({ url: broker.url, user: 'bench', password: USERS.bench, burst: burst++, count });
    const [drained] = await Promise.all([subscriber.ask({ ...about, step: 'drain' }), published]);
    return drained;
  };
  const rounds: Round[] = [];
  try {
    for (let round = quick ? 0 : -1; round < (quick ? 1 : ROUNDS); round++) {
      const results: [Turn, Drained][] = [];
      for (const turn of Object.keys(TURNS) as Turn[]) results.push([turn, await drain(turn)]);
      progress(results.map(([turn, { rate }]) => `${turn} ${rate.toFixed(0)}/s`).join(', '));
      if (round >= 0) rounds.push(Object.fromEntries(results) as Record<Turn, Drained>);
    }
  } finally {
    await Promise.all([publisher.end(), subscriber.end()]);
  }
  return findingsOf(rounds);
}

function findingsOf(rounds: readonly Round[]): Finding[] {
  const middle = (find: (round: Round) => number) => median(rounds.map(find));
  const compared = (name: string, turn: Turn, other: Turn, target?: number): Finding => {
    const ratio = middle((round) => round[turn].rate / round[other].rate);
    return {
      name,
      measured: rateInWords(middle((round) => round[turn].rate)),
      baseline: rateInWords(middle((round) => round[other].rate)),
      ratio: timesInWords(ratio),
      ...(target !== undefined && { target: atLeast(target, ratio, ' ×') }),
    };
  };
  const [ours, nothing] = [middle((round) => round.ours.cpuMicros), middle((round) => round.nothing.cpuMicros)];
  return [
    compared(
      `messages of MQTT, durable, against mqtt.js one by one, with commits of ${USUAL_COMMIT_MS} ms`,
      'oursSlow',
      'naiveSlow',
      NAIVE_TARGET,
    ),
    compared("- with this disk's commits", 'ours', 'naive'),
    compared('- against mqtt.js that stores nothing', 'ours', 'nothing', NOTHING_TARGET),
    compared('- against our own client that stores nothing', 'ours', 'bare'),
    {
      name: '- CPU time a message, against mqtt.js that stores nothing',
      measured: microsInWords(ours),
      baseline: microsInWords(nothing),
      ratio: timesInWords(nothing / ours),
    },
  ];
}
