/** Whatever is forgotten and purged, in the middle of anything, the SQLite store tells the same as the one in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeyedEvent } from '../src/ingest/key-of.ts';
import type { EventStore, TripSummary, Upkeep } from '../src/ports.ts';
import type { Registry } from '../src/registry.ts';
import { MemoryEventStore } from '../src/stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import type { Correction } from '../src/trips/corrections.ts';
import { EVER } from '../src/trips/span.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { bySignal, loose, T0, TRIP_A, TRIP_B, tripEvent } from './events.ts';

interface Store {
  readonly events: EventStore;
  readonly registry: Registry;
}

type Step =
  | { readonly do: 'write'; readonly events: readonly KeyedEvent[] }
  | { readonly do: 'delete'; readonly no: number; readonly correction: object }
  | { readonly do: 'undelete'; readonly no: number }
  | { readonly do: 'forget'; readonly before: number }
  | { readonly do: 'purge'; readonly before: number }
  | { readonly do: 'read' };

const seconds = fc.integer({ min: 0, max: 3_000 });
/** Half an hour before midnight, so that loose events fall on two days. */
const SHIFT = 11.5 * 3_600;
const event = fc
  .record({
    at: seconds,
    trip: fc.option(fc.constantFrom(TRIP_A, TRIP_B), { freq: 2 }),
    seq: fc.integer({ min: 1, max: 60 }),
    rpm: fc.nat(3_000),
  })
  .map(({ at, trip, seq, rpm }) => {
    const options = { values: { rpm } };
    return trip === null ? loose(SHIFT + at, options) : tripEvent(trip, seq, SHIFT + at, options);
  });
const time = seconds.map((at) => T0 + (SHIFT + at) * 1_000);
const no = fc.integer({ min: 1, max: 3 });
const correction = fc.oneof(
  fc.tuple(time, fc.nat(900_000)).map(([from, length]) => {
    const span = { from, to: from + length };
    return { trip_id: '', span, parts: [{ trip: null, ...span }] };
  }),
  fc.constant({ trip_id: TRIP_A, span: EVER, parts: [{ trip: TRIP_A, ...EVER }] }),
  fc.tuple(time, fc.boolean()).map(([wall, before]) => {
    const span = before ? { from: EVER.from, to: wall } : { from: wall, to: EVER.to };
    return { trip_id: TRIP_A, span, parts: [{ trip: TRIP_A, ...span }] };
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(event, { minLength: 1, maxLength: 12 }).map((events) => ({ do: 'write' as const, events })),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), no, correction }) },
  { weight: 1, arbitrary: no.map((undone) => ({ do: 'undelete' as const, no: undone })) },
  { weight: 2, arbitrary: time.map((before) => ({ do: 'forget' as const, before })) },
  { weight: 1, arbitrary: no.map((made) => ({ do: 'purge' as const, before: T0 + made + 1 })) },
  { weight: 2, arbitrary: fc.constant({ do: 'read' as const }) },
);

let folder: string;
let sqlite: Store;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  sqlite = await openSqliteStore({ folder, idleMs: IDLE_MS });
});
afterAll(async () => {
  await sqlite.events.close();
  rmSync(folder, { recursive: true });
});

/** A trip that was forgotten comes up again, earlier than it was and too far from there to be found together. */
const CAME_AGAIN: readonly Step[] = [
  { do: 'write', events: [loose(SHIFT), tripEvent(TRIP_B, 1, SHIFT + 201)] },
  { do: 'read' },
  { do: 'forget', before: T0 + (SHIFT + 202) * 1_000 },
  { do: 'write', events: [tripEvent(TRIP_B, 1, SHIFT)] },
];

test('a store forgets and purges as the model does, after any writes, deletions and reads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 16 }), async (steps) => {
      await clear(sqlite);
      const registry = createMemoryRegistry();
      const model: Store = { registry, events: new MemoryEventStore({ registry, idleMs: IDLE_MS }) };

      for (const each of [...steps, { do: 'read' } as const]) {
        const expected = await apply(model, each);
        expect(await apply(sqlite, each)).toEqual(expected);
      }
    }),
    { numRuns: 100, examples: [[CAME_AGAIN]] },
  );
}, 60_000);

async function apply({ events, registry }: Store, step: Step): Promise<unknown> {
  switch (step.do) {
    case 'write':
      return (await events.write(step.events)).map(({ outcome }) => outcome);
    case 'delete': {
      const body = { kind: 'delete', vehicle: 'golf', made_at: T0 + step.no, ...step.correction } as Correction;
      return registry.create({ kind: 'correction', id: `c${step.no}`, owner: 'golf', at: T0, body });
    }
    case 'undelete':
      return registry.delete('correction', `c${step.no}`);
    case 'forget':
      return maintain(events, { forgetBefore: step.before, purgeDeletedBefore: 0 });
    case 'purge':
      return maintain(events, { forgetBefore: undefined, purgeDeletedBefore: step.before });
    case 'read':
      return tell(events);
  }
}

/** All slices of it. */
async function maintain(events: EventStore, upkeep: Upkeep): Promise<void> {
  while (await events.maintain(upkeep));
}

/** Takes everything away, so that the next run begins with nothing. */
async function clear({ events, registry }: Store): Promise<void> {
  for (const { id } of await registry.list('correction')) await registry.delete('correction', id);
  await maintain(events, { forgetBefore: EVER.to, purgeDeletedBefore: 0 });
  expect(await tell(events)).toEqual({ trips: [], rows: [], vehicles: [], latest: [], history: [] });
  expect(await events.size()).toMatchObject({ events: 0 });
}

async function tell(events: EventStore) {
  const { trips } = await events.trips({ vehicles: undefined, span: EVER, limit: 1_000, after: undefined });
  const rows = await Promise.all(trips.map((trip) => rowsOf(events, trip)));
  const span = { from: T0, to: T0 + 24 * 3_600_000 - 1 };
  const history = await events.history('golf', 'rpm', span, 60_000);
  return {
    trips,
    rows,
    vehicles: await events.vehicles(),
    latest: (await events.latest(['golf'])).map(bySignal),
    history: history.map(({ mean, ...point }) => ({ ...point, mean: mean.toFixed(6) })),
  };
}

async function rowsOf(events: EventStore, { trip_id, vehicle }: TripSummary) {
  const found = await events.trip(trip_id, [vehicle]);
  if (found.kind !== 'found') return found;
  const rows: object[] = [];
  for await (const page of events.rows(vehicle, found.trip)) rows.push(...page.map(({ dtcs, ...row }) => row));
  return rows;
}
