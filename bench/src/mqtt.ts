/**
 * Messages through a broker, each an event, as fast as it takes them: how many our server stores before it sends PUBACKs,
 * against mqtt.js that handles one at a time with the same store, and against subscribers that store nothing. All take
 * turns at the same session of one Mosquitto.
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
const QUICK_SHARE = 1 / 40;

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

type Round = Readonly<Record<Way, Drained>>;

async function compare(broker: Mosquitto, folder: string, { cores, quick, progress }: RunOptions): Promise<Finding[]> {
  const publisher = Child.start<PublishQuestion, number>('mqtt-publish', cores.load);
  const subscriber = Child.start<DrainQuestion, Drained>('mqtt-drain', cores.server);
  const size = Math.round(BURST * (quick ? QUICK_SHARE : 1));
  let burst = 0;
  const drain = async (way: Way, count: number) => {
    const about = { way, count, folder, url: broker.url, user: 'fleet-api', password: USERS['fleet-api'] };
    await subscriber.ask({ ...about, step: 'subscribe' });
    const published = publisher.ask({ url: broker.url, user: 'bench', password: USERS.bench, burst: burst++, count });
    const [drained] = await Promise.all([subscriber.ask({ ...about, step: 'drain' }), published]);
    return drained;
  };
  const rounds: Round[] = [];
  try {
    for (let round = quick ? 0 : -1; round < (quick ? 1 : ROUNDS); round++) {
      const [ours, nothing, bare] = [
        await drain('ours', size),
        await drain('nothing', size),
        await drain('bare', size),
      ];
      const naive = await drain('naive', Math.ceil(size * NAIVE_SHARE));
      const words = Object.entries({ ours, nothing, bare, naive }).map(
        ([way, { rate }]) => `${way} ${rate.toFixed(0)}/s`,
      );
      progress(words.join(', '));
      if (round >= 0) rounds.push({ ours, nothing, bare, naive });
    }
  } finally {
    await Promise.all([publisher.end(), subscriber.end()]);
  }
  return findingsOf(rounds);
}

function findingsOf(rounds: readonly Round[]): Finding[] {
  const middle = (find: (round: Round) => number) => median(rounds.map(find));
  const against = (name: string, way: Way, target?: number): Finding => {
    const ratio = middle((round) => round.ours.rate / round[way].rate);
    return {
      name,
      measured: rateInWords(middle(({ ours }) => ours.rate)),
      baseline: rateInWords(middle((round) => round[way].rate)),
      ratio: timesInWords(ratio),
      ...(target !== undefined && { target: atLeast(target, ratio, ' ×') }),
    };
  };
  const [ours, nothing] = [middle((round) => round.ours.cpuMicros), middle((round) => round.nothing.cpuMicros)];
  return [
    against('messages of MQTT, durable, against mqtt.js one by one', 'naive', NAIVE_TARGET),
    against('- against mqtt.js that stores nothing', 'nothing', NOTHING_TARGET),
    against('- against our own client that stores nothing', 'bare'),
    {
      name: '- CPU time a message, against mqtt.js that stores nothing',
      measured: microsInWords(ours),
      baseline: microsInWords(nothing),
      ratio: timesInWords(nothing / ours),
    },
  ];
}
