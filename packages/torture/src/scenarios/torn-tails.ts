/**
 * Power is cut: the end of the write-ahead log is missing, zeros, or anything. Where the log was when each commit was
 * acknowledged is known; so all commits before the damage must be there, and of the others a prefix.
 */
import { closeSync, cpSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measuredOf } from '@fleet/api/ingest/measured';
import type { EventStore, KeyedEvent } from '@fleet/api/ports';
import { DATABASE_FILE, openSqliteStore } from '@fleet/api/stores/sqlite/sqlite-store';
import { integerBetween, type Random } from '@fleet/testkit';
import type { Scenario } from '../scenario.ts';

const LOG_FILE = `${DATABASE_FILE}-wal`;
const IDLE_MS = 300_000;
const COMMITS = 60;
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const FIRST_TS = Date.UTC(2025, 0, 1);
/** The log's own head: what is damaged lies behind it. */
const HEAD_BYTES = 32;

const DAMAGES = {
  cut: (file, at) => ftruncateSync(file, at),
  zeros: (file, at, length) => void writeSync(file, Buffer.alloc(length), 0, length, at),
  anything: (file, at, length, random) =>
    void writeSync(file, Buffer.from(Array.from({ length }, () => integerBetween(random, 0, 255))), 0, length, at),
} as const satisfies Record<string, (file: number, at: number, length: number, random: Random) => void>;

/** How long the log was when so many events were acknowledged. */
interface Mark {
  readonly bytes: number;
  readonly events: number;
}

export const tornTails: Scenario = {
  name: 'torn-tails',
  about: `the end of the write-ahead log is damaged: ${Object.keys(DAMAGES).join(', ')}`,
  share: 4,
  inOneWorld: 500,
  async run({ times, random, progress }) {
    const whole = mkdtempSync(join(tmpdir(), 'fleet-torture-'));
    try {
      const { log, marks } = await fill(whole, random);
      const faults: string[] = [];
      const kinds = Object.keys(DAMAGES) as (keyof typeof DAMAGES)[];
      let stored = 0;
      for (let time = 1; time <= times; time++) {
        const kind = kinds[time % kinds.length] as keyof typeof DAMAGES;
        const at = integerBetween(random, HEAD_BYTES, log);
        const found = await damaged(whole, (file) => DAMAGES[kind](file, at, log - at, random));
        const owed = marks.findLast(({ bytes }) => bytes <= at)?.events ?? 0;
        const gap = found.findIndex((seq, index) => seq !== index + 1);
        if (found.length < owed)
          faults.push(`${kind} at ${at}: ${owed} events were durable, ${found.length} are there`);
        if (gap >= 0) faults.push(`${kind} at ${at}: after ${gap} events comes number ${found[gap]}`);
        stored += found.length;
        if (time % 100 === 0) progress(`${time} of ${times}`);
      }
      return { times, acknowledged: times * (marks.at(-1)?.events ?? 0), stored, liveMs: null, faults };
    } finally {
      rmSync(whole, { recursive: true });
    }
  },
};

/** Commits one after the other, and leaves the files as a killed process does. */
async function fill(folder: string, random: Random): Promise<{ log: number; marks: Mark[] }> {
  const work = join(folder, 'work');
  const { events: store } = await openSqliteStore({ folder: work, idleMs: IDLE_MS });
  const marks: Mark[] = [];
  let seq = 0;
  for (let commit = 0; commit < COMMITS; commit++) {
    const events = Array.from({ length: integerBetween(random, 1, 40) }, () => event(++seq));
    await store.write(events);
    marks.push({ bytes: statSync(join(work, LOG_FILE)).size, events: seq });
  }
  cpSync(work, join(folder, 'left'), { recursive: true, filter: (path) => !path.endsWith('.lock') });
  await store.close();
  return { log: statSync(join(folder, 'left', LOG_FILE)).size, marks };
}

/** The seqs that a store shows whose log was damaged. */
async function damaged(folder: string, damage: (file: number) => void): Promise<number[]> {
  const copy = join(folder, 'copy');
  cpSync(join(folder, 'left'), copy, { recursive: true });
  const file = openSync(join(copy, LOG_FILE), 'r+');
  damage(file);
  closeSync(file);
  const { events: store } = await openSqliteStore({ folder: copy, idleMs: IDLE_MS, threads: false });
  try {
    return await seqsOf(store);
  } finally {
    await store.close();
    rmSync(copy, { recursive: true });
  }
}

async function seqsOf(store: EventStore): Promise<number[]> {
  const found = await store.trip(TRIP, undefined);
  if (found.kind !== 'found') return [];
  const seqs: number[] = [];
  for await (const page of store.rows(found.vehicle, found.trip)) seqs.push(...page.map(({ seq }) => seq));
  return seqs;
}

function event(seq: number): KeyedEvent {
  const ts = FIRST_TS + 1_000 * seq;
  return {
    vehicle: 'golf',
    measured: measuredOf({ speed_kph: seq % 130, rpm: 900 + (seq % 2_000) }),
    source: 'dongle',
    dtcs: undefined,
    trip: TRIP,
    container: TRIP,
    seq,
    ts,
  };
}
