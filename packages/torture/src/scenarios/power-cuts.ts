/**
 * The power is cut at any moment. What the server did with its files is heard from the kernel, and so is when it told
 * somebody that it has an event. From that every state is made that the disk may be left in: what was synced, and of the
 * rest anything. In each of them everything must be there that somebody was told of.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE_FILE } from '@fleet/api/stores/sqlite/sqlite-store';
import type { TelemetryEvent } from '@fleet/contract';
import { integerBetween, Ledger, type Random, type Target, TRANSPORTS } from '@fleet/testkit';
import { afterPowerCut, LOG_OPTIONS, type Step, stepsIn } from '../disk-log.ts';
import { eventsInFolder } from '../read-store.ts';
import type { Scenario } from '../scenario.ts';
import { cannotTrace, Strace } from '../strace.ts';
import { Car } from '../traffic.ts';
import { inWorld, KEY } from '../world.ts';

const FILES = [DATABASE_FILE, `${DATABASE_FILE}-wal`] as const;
const LANES = 8;
/** Enough for the log to be written back into the file several times. */
const EVENTS_OF_LANE = 250;

/** What was heard of a server while cars sent to it. */
interface Recording {
  /** The files as they were when hearing began. */
  readonly before: ReadonlyMap<string, Buffer>;
  readonly steps: readonly Step[];
  readonly sent: readonly TelemetryEvent[];
}

export const powerCuts: Scenario = {
  name: 'power-cuts',
  about: 'the power is cut at any moment: on the disk is what was synced, and of the rest anything',
  share: 4,
  missing: cannotTrace,
  async run({ times, random, progress }) {
    const { before, steps, sent } = await record(random);
    const last = Math.max(...steps.map(({ began }) => began)) + 1;
    progress(`${steps.length} calls were heard`);
    const faults: string[] = [];
    let [acknowledged, stored] = [0, 0];
    for (let time = 1; time <= times; time++) {
      const moment = time === times ? last : integerBetween(random, 1, last);
      const told = toldBefore(steps, moment);
      const ledger = new Ledger();
      ledger.sending(sent);
      ledger.acknowledged(sent.filter((event) => told.has(keyOf(event.trip_id, event.seq))));
      const events = await afterCut(before, steps, moment, random);
      faults.push(...ledger.faultsIn(events).map((fault) => `cut at ${moment} of ${last}: ${fault}`));
      acknowledged += told.size;
      stored += events.length;
      if (time % 100 === 0) progress(`${time} of ${times}`);
    }
    return { times, acknowledged, stored, liveMs: null, faults };
  },
};

function record(random: Random): Promise<Recording> {
  return inWorld({ random, lanes: 0 }, async ({ server, folder }) => {
    const log = join(folder, 'strace');
    const strace = await Strace.attach(server.pid ?? 0, ...LOG_OPTIONS, '-o', log);
    const before = new Map(
      FILES.map((name) => join(folder, name)).map((path) => [path, existsSync(path) ? readFileSync(path) : EMPTY]),
    );
    const target = { url: server.url, key: KEY };
    const cars = Array.from({ length: LANES }, (_, lane) => new Car(`car-${lane}`).next(EVENTS_OF_LANE));
    await Promise.all(cars.map((events) => sendOneByOne(target, events)));
    await strace.detach();
    return { before, steps: stepsIn(readFileSync(log, 'utf8').split('\n')), sent: cars.flat() };
  });
}

const EMPTY = Buffer.alloc(0);

async function sendOneByOne(target: Target, events: readonly TelemetryEvent[]): Promise<void> {
  for (const event of events) await TRANSPORTS.one(target, [event]);
}

/** The events that somebody was told of before a moment. */
function toldBefore(steps: readonly Step[], moment: number): Set<string> {
  const answers = steps.flatMap((step) => (step.kind === 'said' && step.began < moment ? [step.bytes.toString()] : []));
  const ids = answers.flatMap((answer) => [...answer.matchAll(/\{"trip_id":"([^"]+)","seq":(\d+)\}/g)]);
  return new Set(ids.map(([, trip, seq]) => keyOf(trip, Number(seq))));
}

async function afterCut(
  before: ReadonlyMap<string, Buffer>,
  steps: readonly Step[],
  moment: number,
  random: Random,
): Promise<Awaited<ReturnType<typeof eventsInFolder>>> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-torture-'));
  try {
    for (const [path, bytes] of before) {
      const ofFile = steps.filter((step) => 'file' in step && step.file === path);
      writeFileSync(join(folder, path.slice(path.lastIndexOf('/') + 1)), afterPowerCut(bytes, ofFile, moment, random));
    }
    return await eventsInFolder(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function keyOf(trip: string | undefined, seq: number | undefined): string {
  return `${trip} ${seq}`;
}
