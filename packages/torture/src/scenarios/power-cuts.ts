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
  inOneWorld: 250,
  missing: cannotTrace,
  async run({ times, random, progress }) {
    const { before, steps, sent } = await record(random);
    const last = Math.max(...steps.map(({ began }) => began)) + 1;
    progress(`${steps.length} calls were heard`);
    const moments = Array.from({ length: times - 1 }, () => integerBetween(random, 1, last)).sort((a, b) => a - b);
    const told = toldIn(steps, sent);
    const ledger = new Ledger();
    ledger.sending(sent);
    const faults: string[] = [];
    let [acknowledged, stored] = [0, 0];
    // In the order of time: what somebody was told of at one moment is owed at all that are later.
    for (const [done, moment] of [...moments, last].entries()) {
      const later = told.findIndex(({ at }) => at >= moment);
      const heard = told.splice(0, later < 0 ? told.length : later);
      ledger.acknowledged(heard.map(({ event }) => event));
      const events = await afterCut(before, steps, moment, random);
      faults.push(...ledger.faultsIn(events).map((fault) => `cut at ${moment} of ${last}: ${fault}`));
      acknowledged += ledger.owed;
      stored += events.length;
      if (done % 100 === 99) progress(`${done + 1} of ${times}`);
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

/** Which events somebody was told of, and when that began, the first first. */
function toldIn(steps: readonly Step[], sent: readonly TelemetryEvent[]): { at: number; event: TelemetryEvent }[] {
  const events = new Map(sent.map((event) => [keyOf(event.trip_id, event.seq), event]));
  return steps.flatMap((step) => {
    if (step.kind !== 'said') return [];
    const ids = [...step.bytes.toString().matchAll(/\{"trip_id":"([^"]+)","seq":(\d+)\}/g)];
    const told = ids
      .map(([, trip, seq]) => events.get(keyOf(trip, Number(seq))))
      .filter((event) => event !== undefined);
    return told.map((event) => ({ at: step.began, event }));
  });
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
