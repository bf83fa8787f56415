import { expect, test } from '@jest/globals';
import type { KeyedEvent } from '../src/ports.ts';
import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
import { MemoryEventStore } from '../src/stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { EVER } from '../src/trips/span.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { loose, TRIP_A, tripEvent } from './events.ts';
import { describeWithInfluxd } from './influx.ts';
import { tellsWhatTheModelTells } from './model.ts';

describeWithInfluxd('the InfluxDB store', (server) => {
  test('tells what the model tells, after any writes, corrections, aliases and reads', async () => {
    const store = await openInfluxStore({ server: await server().makeBuckets(), idleMs: IDLE_MS });

    await tellsWhatTheModelTells(store, 40, { seesRepeats: false });

    await store.events.close();
  }, 300_000);

  test('answers ids that lead to the trip of their event, whatever came later', async () => {
    const { events, registry } = await openInfluxStore({ server: await server().makeBuckets(), idleMs: IDLE_MS });
    const written = [[loose(500)], [loose(80), loose(0)], [loose(160), tripEvent(TRIP_A, 1, 240)], [loose(330)]];
    const answered: (readonly [id: string, ts: number])[] = [];
    for (const call of written) {
      const results = await events.write(call);
      answered.push(...results.map(({ trip_id }, index) => [trip_id, call[index]!.ts] as const));
    }
    await registry.create({
      kind: 'correction',
      id: 'c',
      owner: 'golf',
      at: 0,
      body: { vehicle: 'golf', made_at: 0, kind: 'split', at: loose(100).ts, span: EVER },
    });

    for (const [id, ts] of answered) {
      const found = await events.trip(id, ['golf']);
      const now = found.kind === 'moved' ? await events.trip(found.trip_id, ['golf']) : found;
      expect(now.kind === 'found' && now.trip.from <= ts && ts <= now.trip.to).toBe(true);
    }
    await events.close();
  });

  test('shows a drive under way to each process, event by event, also where one comes late', async () => {
    const access = await server().makeBuckets();
    const processes = [
      await openInfluxStore({ server: access, idleMs: IDLE_MS }),
      await openInfluxStore({ server: access, idleMs: IDLE_MS }),
    ];
    const late = [30, 31, 200, 399];
    const seconds = Array.from({ length: 400 }, (_, index) => index).filter((index) => !late.includes(index));
    const written: KeyedEvent[] = [];
    for (let at = 0; at < seconds.length + late.length; at += 20) {
      const now = [...seconds, ...late].slice(at, at + 20);
      const events = now.map((second) => tripEvent(TRIP_A, second + 1, second, { values: { rpm: second } }));
      await processes[(at / 20) % 2]!.events.write(events);
      written.push(...events);
      const model = new MemoryEventStore({ registry: createMemoryRegistry(), idleMs: IDLE_MS });
      await model.write(written);
      const all = { vehicles: undefined, span: EVER, limit: 10, after: undefined };
      const expected = await model.trips(all);
      for (const { events: store } of processes) expect(await store.trips(all)).toEqual(expected);
    }
    await Promise.all(processes.map((each) => each.events.close()));
  }, 60_000);

  test('begins with what was worked out before, and with what was written meanwhile', async () => {
    const access = await server().makeBuckets();
    const first = await openInfluxStore({ server: access, idleMs: IDLE_MS });
    await first.events.write([loose(0), loose(50), tripEvent(TRIP_A, 1, 90), loose(1_000)]);
    const before = await first.events.trips({ vehicles: undefined, span: EVER, limit: 10, after: undefined });
    await first.events.close();

    const second = await openInfluxStore({ server: access, idleMs: IDLE_MS });
    expect(await second.events.trips({ vehicles: undefined, span: EVER, limit: 10, after: undefined })).toEqual(before);
    await second.events.write([loose(1_050)]);
    await second.events.close();

    const wider = await openInfluxStore({ server: access, idleMs: 10 * IDLE_MS });
    const { trips } = await wider.events.trips({ vehicles: undefined, span: EVER, limit: 10, after: undefined });
    expect(trips).toMatchObject([{ trip_id: TRIP_A, event_count: 5 }]);
    await wider.events.close();
    const shown = await server().select(`${access.bucket}_meta`, 'SELECT events, live FROM listed WHERE live = 1');
    expect(shown.map(([, count]) => count)).toEqual([5]);
  });
});
