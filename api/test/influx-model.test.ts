import { expect, test } from '@jest/globals';
import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
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
    const shown = await server().select(
      `${access.bucket}_meta`,
      'SELECT event_count, trip_id FROM trip WHERE gone = false',
    );
    expect(shown.map(([, count]) => count)).toEqual([5]);
  });
});
