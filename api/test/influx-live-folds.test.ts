import { SIGNAL_NAMES } from '@fleet/contract';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { measuredOf } from '../src/ingest/measured.ts';
import type { KeyedEvent } from '../src/ports.ts';
import { InfluxClient } from '../src/stores/influxdb/client.ts';
import { SegmentFold } from '../src/stores/influxdb/container.ts';
import { EventReader } from '../src/stores/influxdb/event-reader.ts';
import { EventWriter } from '../src/stores/influxdb/event-writer.ts';
import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
import { LiveFolds } from '../src/stores/influxdb/live-folds.ts';
import { Touches } from '../src/stores/influxdb/touches.ts';
import { MemoryEventStore } from '../src/stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { EVER } from '../src/trips/span.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { loose } from './events.ts';
import { describeWithInfluxd, requestsOf } from './influx.ts';

const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const ALL = { vehicles: undefined, span: EVER, limit: 1_000, after: undefined };

const name = fc.constantFrom(...SIGNAL_NAMES, 'zeta', 'alpha', 'boost_kpa', 'constructor');
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e-7, 1e21, 0.1 + 0.2, 48.1371234),
);
const code = fc.constantFrom('P0301', 'U0100-87');
const part = fc.record({
  stepMs: fc.integer({ min: 1, max: 2 * IDLE_MS }),
  values: fc.dictionary(name, value, { minKeys: 1, maxKeys: 5 }),
  dtcs: fc.option(fc.array(code, { maxLength: 2 }), { nil: undefined }),
  source: fc.constantFrom('phone', 'the "old" one', 'a, b', 'Käfer 🚗', 'C:\\'),
});

describeWithInfluxd('what a process adds up as it stores it', (server) => {
  test('is what it would read, to the digest', async () => {
    const client = new InfluxClient(await server().makeBuckets());
    const live = new LiveFolds(IDLE_MS, { isNew: () => true, onCustom: () => {} });
    const writer = new EventWriter(client, new Touches(Date.now), () => {}, live);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 40 }), fc.boolean(), async (parts, isTrip) => {
        const vehicle = `car-${run++}`;
        const events = eventsOf(vehicle, parts, isTrip ? TRIP : null);
        const middle = events.length >> 1;
        for (const some of [events.slice(0, middle), events.slice(middle)]) await writer.write(some);

        for (const container of new Set(events.map((event) => event.container))) {
          expect(live.take({ vehicle, container })).toEqual(await readBack(client, vehicle, container));
        }
      }),
      { numRuns: 60 },
    );
    await writer.end();
    client.close();
  }, 120_000);

  test('is not read back', async () => {
    const store = await openInfluxStore({ server: await server().makeBuckets(), idleMs: IDLE_MS });
    await store.events.trips(ALL);
    const asked = async () => {
      const before = await requestsOf(server(), '/query');
      await store.events.trips(ALL);
      return (await requestsOf(server(), '/query')) - before;
    };
    const without = await asked();
    for (let from = 0; from < 20_000; from += 4_000) {
      await store.events.write(Array.from({ length: 4_000 }, (_, index) => loose(from + index)));
      // The marks are looked at, and whether there are custom signals.
      expect(await asked()).toBeLessThanOrEqual(without + 1);
    }
    await store.events.close();
  }, 60_000);

  const second = fc.integer({ min: 0, max: 400 });
  const call = fc.record({
    by: fc.nat({ max: 1 }),
    seconds: fc.oneof(
      fc.array(second, { minLength: 1, maxLength: 6 }),
      second.map((from) => [from, from + 1, from + 2]),
    ),
    look: fc.boolean(),
  });

  test('is what all processes wrote, whoever looks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 12 }), async (calls) => {
        const access = await server().makeBuckets();
        const stores = await Promise.all([1, 2].map(() => openInfluxStore({ server: access, idleMs: IDLE_MS })));
        const model = new MemoryEventStore({ registry: createMemoryRegistry(), idleMs: IDLE_MS });
        const compare = async () => {
          const expected = await model.trips(ALL);
          for (const { events } of stores) expect(await events.trips(ALL)).toEqual(expected);
        };
        for (const { by, seconds, look } of calls) {
          const events = seconds.map((at) => loose(at));
          await model.write(events);
          await stores[by]?.events.write(events);
          if (look) await compare();
        }
        await compare();
        await Promise.all(stores.map((each) => each.events.close()));
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

interface Part {
  readonly stepMs: number;
  readonly values: Record<string, number>;
  readonly dtcs: readonly string[] | undefined;
  readonly source: string;
}

function eventsOf(vehicle: string, parts: readonly Part[], trip: string | null): KeyedEvent[] {
  let ts = Date.UTC(2025, 10, 4, 23, 30);
  return parts.map(({ stepMs, values, dtcs, source }, index) => {
    ts += stepMs;
    const key =
      trip === null
        ? { container: `day-${new Date(ts).toISOString().slice(0, 10)}`, seq: ts }
        : { container: trip, seq: index + 1 };
    return { vehicle, trip, ...key, ts, source, measured: measuredOf(values), dtcs };
  });
}

async function readBack(client: InfluxClient, vehicle: string, container: string) {
  const fold = new SegmentFold(IDLE_MS);
  for await (const rows of new EventReader(client).pages({ names: [vehicle], containers: [container], ...EVER })) {
    for (const row of rows) fold.add(row);
  }
  return fold.end();
}
