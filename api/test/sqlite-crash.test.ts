/** What is found in the file when the program ends without warning: everything that was acknowledged, once. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStore, KeyedEvent } from '../src/ports.ts';
import { openForWriting } from '../src/stores/sqlite/open-database.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import { EVER } from '../src/trips/span.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { loose, TRIP_A, tripEvent } from './events.ts';

let folder: string;
let copies: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  copies = [];
});
afterEach(() => {
  for (const each of [folder, ...copies]) rmSync(each, { recursive: true });
});

/** Writes one call after the other, then opens the files just as they lie there. */
async function crashAfter(calls: readonly (readonly KeyedEvent[])[], look: (store: EventStore) => Promise<void>) {
  const { events: store } = await openSqliteStore({ folder, idleMs: IDLE_MS });
  for (const events of calls) await store.write(events);
  const copy = mkdtempSync(join(tmpdir(), 'fleet-'));
  copies.push(copy);
  cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') });
  await store.close();
  const { events: found } = await openSqliteStore({ folder: copy, idleMs: IDLE_MS });
  try {
    await look(found);
  } finally {
    await found.close();
  }
}

async function rowsOf(store: EventStore) {
  const { trips } = await store.trips({ vehicles: undefined, span: EVER, limit: 10, after: undefined });
  const rows: object[] = [];
  for (const { trip_id, vehicle } of trips) {
    const found = await store.trip(trip_id, [vehicle]);
    if (found.kind !== 'found') continue;
    for await (const page of store.rows(vehicle, found.trip)) {
      rows.push(...page.map(({ trip, seq, values }) => ({ trip, seq, values })));
    }
  }
  return rows;
}

describe('a store whose program was killed', () => {
  test('has single events that were committed a moment before, and knows them when they come again', async () => {
    const first = loose(0, { values: { speed_kph: 50 } });
    const second = loose(1, { values: { speed_kph: 51 } });
    await crashAfter([[first], [second]], async (store) => {
      expect(await store.write([second])).toMatchObject([{ outcome: 'duplicate' }]);
      expect(await rowsOf(store)).toEqual([
        { trip: null, seq: first.ts, values: { speed_kph: 50 } },
        { trip: null, seq: second.ts, values: { speed_kph: 51 } },
      ]);
    });
  });

  test('has the signals that were added to an event afterwards, in the same call or a later one', async () => {
    const bare = (seconds: number) => tripEvent(TRIP_A, 1 + seconds, seconds, { values: { speed_kph: 50 } });
    const more = (seconds: number) => tripEvent(TRIP_A, 1 + seconds, seconds, { values: { rpm: 900 } });
    await crashAfter([[bare(0), more(0), bare(1)], [more(1)]], async (store) => {
      expect(await rowsOf(store)).toEqual([
        { trip: TRIP_A, seq: 1, values: { speed_kph: 50, rpm: 900 } },
        { trip: TRIP_A, seq: 2, values: { speed_kph: 50, rpm: 900 } },
      ]);
    });
  });

  test('has nothing of an event that was refused among others', async () => {
    const taken = tripEvent(TRIP_A, 1, 0);
    const refused = tripEvent(TRIP_A, 1, 60, { values: { speed_kph: 99 } });
    await crashAfter([[taken], [refused, tripEvent(TRIP_A, 2, 2)]], async (store) => {
      expect(await rowsOf(store)).toEqual([
        { trip: TRIP_A, seq: 1, values: { speed_kph: 50 } },
        { trip: TRIP_A, seq: 2, values: { speed_kph: 50 } },
      ]);
    });
  });
});

/** SQLite's number for `synchronous = FULL`: in WAL mode, the log is synced before a commit returns. */
const FULL = 2;

test('a commit returns when the disk has it: no test can pull the plug, and less than FULL would lose the last ones', () => {
  const db = openForWriting(join(folder, DATABASE_FILE));
  const settings = ['journal_mode', 'synchronous'].map((name) => db.pragma(name, { simple: true }));
  db.close();

  expect(settings).toEqual(['wal', FULL]);
});
