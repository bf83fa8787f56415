/** Signals that no table knows: each vehicle's are read with its events, and are nobody else's burden. */
import { expect, test } from '@jest/globals';
import { valuesOf } from '../src/ingest/measured.ts';
import type { EventRow, EventStore } from '../src/ports.ts';
import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
import { EVER } from '../src/trips/span.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { TRIP_A, tripEvent } from './events.ts';
import { describeWithInfluxd, requestsOf } from './influx.ts';

describeWithInfluxd('custom signals in InfluxDB', (server) => {
  async function openStores(count: number): Promise<EventStore[]> {
    const access = await server().makeBuckets();
    const stores = Array.from({ length: count }, () => openInfluxStore({ server: access, idleMs: IDLE_MS }));
    return (await Promise.all(stores)).map(({ events }) => events);
  }

  test('come back whichever process wrote them, also those that an event got later', async () => {
    const [one, two] = (await openStores(2)) as [EventStore, EventStore];

    await one.write([tripEvent(TRIP_A, 1, 0, { values: { boost_bar: 0.8 } })]);
    await two.write([tripEvent(TRIP_A, 1, 0, { values: { gear: 3 } })]);
    await two.write([tripEvent(TRIP_A, 2, 1, { values: { boost_bar: 0.9, rpm: 900 } })]);

    for (const store of [one, two]) {
      expect((await rowsOf(store, 'golf')).map(({ values }) => values)).toEqual([
        { boost_bar: 0.8, gear: 3 },
        { boost_bar: 0.9, rpm: 900 },
      ]);
    }
    await Promise.all([one.close(), two.close()]);
  });

  test('are asked for only of vehicles that have some, and of such as get their first ones later', async () => {
    const [one, two] = (await openStores(2)) as [EventStore, EventStore];
    const VEHICLES = 30;
    for (let index = 0; index < VEHICLES; index++) await one.write([tripEvent(TRIP_A, 1, 0, { vehicle: `v${index}` })]);
    const before = await requestsOf(server(), '/query');
    const all = { vehicles: undefined, span: EVER, limit: 100, after: undefined };

    expect((await two.trips(all)).trips).toHaveLength(VEHICLES);
    expect((await requestsOf(server(), '/query')) - before).toBeLessThan(1.5 * VEHICLES);

    await one.write([tripEvent(TRIP_A, 2, 1, { vehicle: 'v7', values: { gear: 3 } })]);
    expect((await rowsOf(two, 'v7')).at(-1)?.values).toEqual({ gear: 3 });
    await Promise.all([one.close(), two.close()]);
  });

  test('have names for as long as retention keeps the events', async () => {
    const access = await server().makeBuckets();
    const { events: store } = await openInfluxStore({ server: access, idleMs: IDLE_MS });
    const timesOf = async (measurement: string, field: string) =>
      (await server().select(access.bucket, `SELECT ${field} FROM ${measurement}`)).map(([time]) => time as string);
    // As late as one that comes half an hour after the first with the same name, by a clock that is five minutes ahead.
    const late = { ts: Date.now() + 35 * 60_000 };
    await store.write([{ ...tripEvent(TRIP_A, 1, 0, { values: { gear: 3 } }), ...late }]);
    const [event] = await timesOf('telemetry', 'seq');
    const [name] = await timesOf('custom', 'signals');
    await store.close();

    expect(Date.parse(`${name}`)).toBeGreaterThan(Date.parse(`${event}`));
  });

  test('of a device that sends ever new ones are all kept, and no other vehicle is read slower for them', async () => {
    const [store] = (await openStores(1)) as [EventStore];
    const namesOf = (seq: number) => Array.from({ length: 100 }, (_, index) => `signal_${seq}_${index}`);
    const valuesAt = (seq: number) => Object.fromEntries(namesOf(seq).map((name, index) => [name, seq + index / 100]));
    const strange = Array.from({ length: 100 }, (_, seq) =>
      tripEvent(TRIP_A, seq + 1, seq, { vehicle: 'strange', values: valuesAt(seq) }),
    );

    await store.write(strange);
    await store.write(Array.from({ length: 2_000 }, (_, seq) => tripEvent(TRIP_A, seq + 1, seq)));

    const { trips } = await store.trips({ vehicles: undefined, span: EVER, limit: 10, after: undefined });
    expect(trips.map(({ vehicle, event_count }) => [vehicle, event_count]).sort()).toEqual([
      ['golf', 2_000],
      ['strange', 100],
    ]);
    expect(await rowsOf(store, 'golf')).toHaveLength(2_000);
    expect((await rowsOf(store, 'strange')).map(({ values }) => values)).toEqual(
      strange.map(({ measured }) => valuesOf(measured)),
    );
    await store.close();
  }, 60_000);
});

/** All events of the vehicle's trip. */
async function rowsOf(store: EventStore, vehicle: string): Promise<EventRow[]> {
  const found = await store.trip(TRIP_A, [vehicle]);
  if (found.kind !== 'found') throw new Error(found.kind);
  const rows: EventRow[] = [];
  for await (const page of store.rows(vehicle, found.trip)) rows.push(...page);
  return rows;
}
