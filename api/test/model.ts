/**
 * Whatever is done to both, a store tells the same as the one in memory, which works everything out anew. Each store's
 * test calls this with a store that is open.
 */
import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { KeyedEvent } from '../src/ingest/key-of.ts';
import type { EventStore, TripSummary, WriteResult } from '../src/ports.ts';
import type { Registry, RegistryDocument } from '../src/registry.ts';
import { MemoryEventStore } from '../src/stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import type { Correction } from '../src/trips/corrections.ts';
import { EVER } from '../src/trips/span.ts';
import { type Blindness, IDLE_MS } from './describe-event-store.ts';
import { bySignal, loose, T0, TRIP_A, TRIP_B, tripEvent } from './events.ts';

/** One thing that happens to a store; vehicles are numbered so that every run has its own. */
type Step =
  | { readonly do: 'write'; readonly events: readonly KeyedEvent[] }
  | { readonly do: 'correct'; readonly id: string; readonly vehicle: string; readonly correction: object }
  | { readonly do: 'undo'; readonly id: string }
  | { readonly do: 'rename'; readonly aliases: readonly string[] }
  | { readonly do: 'read' };

const VEHICLES = ['golf', 'phone'];
const seconds = fc.integer({ min: 0, max: 3_000 });
const values = fc.record(
  { speed_kph: fc.integer({ min: 0, max: 90 }), rpm: fc.integer({ min: 0, max: 3_000 }) },
  { requiredKeys: [] },
);
const event = fc
  .record({
    at: seconds,
    vehicle: fc.constantFrom(...VEHICLES),
    trip: fc.option(fc.constantFrom(TRIP_A, TRIP_B), { freq: 2 }),
    seq: fc.integer({ min: 1, max: 60 }),
    values: values.filter((given) => Object.keys(given).length > 0),
    source: fc.constantFrom('phone', 'dongle'),
  })
  .map(({ at, vehicle, trip, seq, ...rest }) =>
    trip === null ? loose(at, { vehicle, ...rest }) : tripEvent(trip, seq, at, { vehicle, ...rest }),
  );
const span = fc
  .tuple(seconds, fc.integer({ min: 0, max: 900 }))
  .map(([from, length]) => ({ from: T0 + from * 1_000, to: T0 + (from + length) * 1_000 }));
const id = fc.constantFrom('c1', 'c2', 'c3');
const correction = fc.oneof(
  seconds.map((at) => ({
    kind: 'split',
    at: T0 + at * 1_000,
    span: { from: T0 + at * 1_000 - 1, to: T0 + at * 1_000 },
  })),
  span.map((stretch) => ({ kind: 'merge', span: stretch })),
  span.map((stretch) => ({ kind: 'delete', trip_id: '', span: stretch, parts: [{ trip: null, ...stretch }] })),
  fc.constant({ kind: 'delete', trip_id: TRIP_A, span: EVER, parts: [{ trip: TRIP_A, ...EVER }] }),
  seconds.map((at) => ({
    kind: 'name',
    anchor: { trip: null, ts: T0 + at * 1_000 },
    name: `n${at}`,
    note: '',
    span: EVER,
  })),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(event, { minLength: 1, maxLength: 12 }).map((events) => ({ do: 'write' as const, events })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('correct' as const),
      id,
      vehicle: fc.constantFrom(...VEHICLES),
      correction,
    }),
  },
  { weight: 1, arbitrary: id.map((undone) => ({ do: 'undo' as const, id: undone })) },
  { weight: 1, arbitrary: fc.constantFrom([], ['phone']).map((aliases) => ({ do: 'rename' as const, aliases })) },
  { weight: 3, arbitrary: fc.constant({ do: 'read' as const }) },
);

let runs = 0;

/** Holds the store against the model, so many times. */
export async function tellsWhatTheModelTells(
  store: { readonly events: EventStore; readonly registry: Registry },
  numRuns: number,
  blindness: Blindness = { seesRepeats: true },
): Promise<void> {
  const { seesRepeats } = blindness;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (drawn) => {
      const steps = seesRepeats ? drawn : drawn.map(withoutContradictions);
      const run = `r${runs++}`;
      const registry = createMemoryRegistry();
      const stores = [
        scoped({ events: new MemoryEventStore({ registry, idleMs: IDLE_MS }), registry }, run),
        scoped(store, run),
      ] as const;
      let aliases: readonly string[] = [];
      const oneName = (vehicle: string) => (aliases.includes(vehicle) ? 'golf' : vehicle);
      for (const each of steps) {
        if (each.do === 'rename') aliases = each.aliases;
        const [model, real] = await Promise.all(stores.map((tried) => apply(tried, each, oneName)));
        expect(promisedOf(each, real, blindness)).toEqual(promisedOf(each, model, blindness));
      }
      const [model, real] = await Promise.all(stores.map((tried) => tried.tell(oneName)));
      expect(real).toEqual(model);
    }),
    { numRuns },
  );
}

/**
 * A store that sees no repeats promises nothing of events that contradict each other. So events of each step and vehicle
 * have times of their own, and what they say follows from their key.
 */
function withoutContradictions(step: Step, index: number): Step {
  if (step.do !== 'write') return step;
  const own = ({ vehicle, trip, ts: at, measured }: KeyedEvent): KeyedEvent => {
    const ts = at + 2 * index + (vehicle === 'golf' ? 0 : 1);
    const values = Object.fromEntries(measured.names.map((name) => [name, (ts / 7 + name.length) % 90]));
    const options = { vehicle, values, source: trip === null ? 'phone' : 'dongle' };
    const seconds = (ts - T0) / 1_000;
    return trip === null ? loose(seconds, options) : tripEvent(trip, 1 + ts - T0, seconds, options);
  };
  const events = step.events.map(own);
  return { do: 'write', events: [...events, ...events] };
}

/** Of what a store answered, what it promises. */
function promisedOf(step: Step, answer: unknown, { seesRepeats, mayMissDeletions }: Blindness): unknown {
  if (step.do !== 'write' || seesRepeats) return answer;
  return mayMissDeletions ? undefined : deletedIn(answer);
}

function deletedIn(results: unknown): boolean[] {
  return (results as readonly WriteResult[]).map(({ outcome }) => outcome === 'deleted');
}

/** A store in which every vehicle and document is this run's own. */
function scoped({ events, registry }: { events: EventStore; registry: Registry }, run: string) {
  const own = (vehicle: string) => `${vehicle}-${run}`;
  const document = (docId: string, vehicle: string, given: object): RegistryDocument<'correction'> => ({
    kind: 'correction',
    id: `${docId}-${run}`,
    owner: own(vehicle),
    at: T0,
    body: { made_at: T0 + Number(docId.slice(1)), vehicle: own(vehicle), ...given } as Correction,
  });
  return {
    write: async (list: readonly KeyedEvent[], oneName: (vehicle: string) => string) =>
      events.write(list.map((each) => ({ ...each, vehicle: own(oneName(each.vehicle)) }))),
    correct: (docId: string, vehicle: string, given: object) => registry.create(document(docId, vehicle, given)),
    undo: (docId: string) => registry.delete('correction', `${docId}-${run}`),
    rename: (aliases: readonly string[]) =>
      registry.put({
        kind: 'vehicle',
        id: own('golf'),
        owner: '',
        at: T0,
        body: { name: null, aliases: aliases.map(own) },
      }),
    async tell(oneName: (vehicle: string) => string) {
      const vehicles = [...new Set(VEHICLES.map(oneName))].map(own);
      const { trips } = await events.trips({ vehicles, span: EVER, limit: 1_000, after: undefined });
      const rows = await Promise.all(trips.map((trip) => rowsOf(events, trip)));
      const history = await events.history(own('golf'), 'speed_kph', { from: T0, to: T0 + 3_599_999 }, 60_000);
      return {
        trips,
        rows,
        latest: (await events.latest(vehicles)).map(bySignal),
        history: history.map(withoutRounding),
      };
    },
  };
}

async function rowsOf(events: EventStore, { trip_id, vehicle }: TripSummary) {
  const found = await events.trip(trip_id, [vehicle]);
  if (found.kind !== 'found') return found;
  const rows: object[] = [];
  for await (const page of events.rows(vehicle, found.trip))
    rows.push(...page.map(({ dtcs, ...row }) => ({ ...row, dtcs: dtcs ?? null })));
  return rows;
}

function withoutRounding({ mean, ...point }: { mean: number }) {
  return { ...point, mean: mean.toFixed(6) };
}

async function apply(
  store: ReturnType<typeof scoped>,
  step: Step,
  oneName: (vehicle: string) => string,
): Promise<unknown> {
  switch (step.do) {
    case 'write':
      return store.write(step.events, oneName);
    case 'correct':
      return store.correct(step.id, step.vehicle, step.correction);
    case 'undo':
      return store.undo(step.id);
    case 'rename':
      return store.rename(step.aliases);
    case 'read':
      return store.tell(oneName);
  }
}
