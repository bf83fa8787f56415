/** Trips of a vehicle in numbers at which the SQLite store no longer looks at all of them, or hands them on at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EventStore, KeyedEvent, TripSummary } from '../src/ports.ts';
import type { Registry } from '../src/registry.ts';
import { MemoryEventStore } from '../src/stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import type { Correction } from '../src/trips/corrections.ts';
import { EVER } from '../src/trips/span.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { loose, T0, tripEvent } from './events.ts';

interface Store {
  readonly events: EventStore;
  readonly registry: Registry;
}

let folder: string;
let sqlite: Store;
let model: Store;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  sqlite = await openSqliteStore({ folder, idleMs: IDLE_MS });
  const registry = createMemoryRegistry();
  model = { registry, events: new MemoryEventStore({ registry, idleMs: IDLE_MS }) };
});
afterEach(async () => {
  await sqlite.events.close();
  rmSync(folder, { recursive: true });
});

function tripId(number: number): string {
  return `aaaaaaaa-0000-4000-8000-${`${number}`.padStart(12, '0')}`;
}

/** Trips of one event each, so many seconds from each other. */
function shortTrips(count: number, apart: number): KeyedEvent[] {
  return Array.from({ length: count }, (_, number) => tripEvent(tripId(number), 1, number * apart));
}

/** In another order, the same each time. */
function shuffled<T>(all: readonly T[]): T[] {
  return all.map((_, index) => all[(index * 7_919) % all.length] as T);
}

async function write(events: readonly KeyedEvent[]): Promise<void> {
  for (const { events: store } of [sqlite, model]) await store.write(events);
}

async function correct(body: object): Promise<void> {
  const id = crypto.randomUUID();
  const correction = { vehicle: 'golf', made_at: T0, ...body } as Correction;
  for (const { registry } of [sqlite, model]) {
    await registry.create({ kind: 'correction', id, owner: 'golf', at: T0, body: correction });
  }
}

async function tripsOf({ events }: Store): Promise<readonly TripSummary[]> {
  return (await events.trips({ vehicles: ['golf'], span: EVER, limit: 5_000, after: undefined })).trips;
}

async function expectTheSame(count: number): Promise<void> {
  const trips = await tripsOf(sqlite);
  expect(trips).toHaveLength(count);
  expect(trips).toEqual(await tripsOf(model));
}

test('of hundreds of trips those are found that begin long before a stretch, or end long behind it', async () => {
  const long = [tripEvent(tripId(9_000), 1, 1_000), tripEvent(tripId(9_000), 2, 250_000)];
  await write(shuffled([...shortTrips(400, 700), ...long]));
  await expectTheSame(401);

  await write([tripEvent(tripId(200), 2, 140_050), loose(140_090)]);
  await expectTheSame(401);

  await write([tripEvent(tripId(9_001), 1, 500), tripEvent(tripId(9_001), 2, 275_000), loose(40_000)]);
  await expectTheSame(402);
  await write([loose(600)]);
  await expectTheSame(402);

  await correct({ kind: 'merge', span: { from: T0 + 70_000_000, to: T0 + 70_800_000 } });
  await correct({ kind: 'split', at: T0 + 200_000_000, span: { from: T0 + 199_999_999, to: T0 + 200_000_000 } });
  expect(await tripsOf(sqlite)).toEqual(await tripsOf(model));

  for (const { registry } of [sqlite, model]) {
    const body = { name: null, aliases: ['golf-2'] };
    await registry.put({ kind: 'vehicle', id: 'golf', owner: '', at: T0, body });
  }
  expect(await tripsOf(sqlite)).toEqual(await tripsOf(model));
}, 30_000);

test('a chain of trips is shown whole, though it is written in portions', async () => {
  await write(shuffled(shortTrips(2_500, 60)));
  await expectTheSame(2_500);
  await correct({ kind: 'merge', span: { from: T0 + 60_000_000, to: T0 + 61_000_000 } });
  expect(await tripsOf(sqlite)).toEqual(await tripsOf(model));
}, 30_000);
