/** What every store of events must do. Each adapter's test calls this with a way to make an empty one. */
import { MAX_CUSTOM_SIGNALS } from '@fleet/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventRow, EventStore, Trip, TripSummary } from '../src/ports.ts';
import type { Registry } from '../src/registry.ts';
import type { Correction } from '../src/trips/corrections.ts';
import { EVER } from '../src/trips/span.ts';
import { derivedTripId } from '../src/trips/trip-id.ts';
import { bySignal, loose, T0, TRIP_A, TRIP_B, tripEvent } from './events.ts';

/** An empty store with an idle timeout of 100 s. */
export interface MadeStore {
  readonly events: EventStore;
  readonly registry: Registry;
  /** Closes the store and takes its data away. */
  dispose(): Promise<void>;
}

export const IDLE_MS = 100_000;

/** What a store can't do, and promises nothing of. */
export interface Blindness {
  /** It knows whether a key is taken when it writes; else every event is `stored`, and conflicts stay side by side. */
  readonly seesRepeats: boolean;
  /** What was deleted last may be unknown when it answers a write. What it shows is right all the same. */
  readonly mayMissDeletions?: boolean;
}

export function describeEventStore(
  name: string,
  make: () => Promise<MadeStore>,
  { seesRepeats }: Blindness = { seesRepeats: true },
): void {
  const repeated = seesRepeats ? 'duplicate' : 'stored';
  describe(`${name} as a store of events`, () => {
    let made: MadeStore;
    let store: EventStore;
    beforeEach(async () => {
      made = await make();
      store = made.events;
    });
    afterEach(() => made.dispose());

    async function trips(vehicles?: readonly string[]): Promise<readonly TripSummary[]> {
      return (await store.trips({ vehicles, span: EVER, limit: 100, after: undefined })).trips;
    }

    async function tripOf(id: string): Promise<{ vehicle: string; trip: Trip; summary: TripSummary }> {
      const found = await store.trip(id, undefined);
      if (found.kind !== 'found') throw new Error(`${id} is ${found.kind}`);
      return found;
    }

    async function rowsOf(id: string): Promise<EventRow[]> {
      const { vehicle, trip } = await tripOf(id);
      const rows: EventRow[] = [];
      for await (const page of store.rows(vehicle, trip)) rows.push(...page);
      return rows;
    }

    async function correct(body: object): Promise<string> {
      const id = crypto.randomUUID();
      const correction = { vehicle: 'golf', made_at: T0, span: EVER, ...body } as Correction;
      await made.registry.create({ kind: 'correction', id, owner: 'golf', at: T0, body: correction });
      return id;
    }

    describe('write', () => {
      test('stores an event once, however often it comes', async () => {
        const event = loose(0, { values: { speed_kph: 50, lat: 49.5, lon: 8.6 }, dtcs: ['P0301'] });

        const results = await store.write([event, event]);
        const again = await store.write([event]);
        await trips();
        const afterRead = await store.write([event]);

        const outcomes = [...results, ...again, ...afterRead].map(({ outcome }) => outcome);
        expect(outcomes).toEqual(['stored', repeated, repeated, repeated]);
        expect(await rowsOf(derivedTripId('golf', T0))).toEqual([
          {
            ts: T0,
            seq: T0,
            trip: null,
            source: 'phone',
            values: { speed_kph: 50, lat: 49.5, lon: 8.6 },
            dtcs: ['P0301'],
          },
        ]);
      });

      test('adds the signals that the first of two equal events lacked, and keeps those it had', async () => {
        await store.write([loose(0, { values: { speed_kph: 50 } })]);

        const [result] = await store.write([loose(0, { values: { speed_kph: 60, rpm: 900 }, dtcs: ['P0301'] })]);
        await store.write([loose(0, { values: { coolant_c: 80 } })]);
        await trips();
        await store.write([loose(0, { values: { oil_c: 90 } })]);

        expect(result?.outcome).toBe(repeated);
        const values = { speed_kph: seesRepeats ? 50 : expect.any(Number), rpm: 900, coolant_c: 80, oil_c: 90 };
        expect(await rowsOf(derivedTripId('golf', T0))).toMatchObject([{ values, dtcs: ['P0301'] }]);
        const [latest] = await store.latest(['golf']);
        expect(latest?.readings.map(([signal]) => signal).sort()).toEqual(Object.keys(values).sort());
      });

      test('lets an event grow to as many custom signals as one may have, and no further', async () => {
        const custom = (prefix: string, count: number) =>
          Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}_${index}`, index + 0.123_456]));
        await store.write([loose(0, { values: custom('a', MAX_CUSTOM_SIGNALS - 1) })]);

        const results = [];
        for (const values of [
          { b: 1 },
          { a_0: 0.123_456, b: 1, rpm: 900 },
          { c: 1 },
          custom('d', MAX_CUSTOM_SIGNALS),
        ]) {
          results.push(...(await store.write([loose(0, { values })])));
        }

        const outcomes = results.map(({ outcome }) => outcome);
        const refused = seesRepeats ? 'refused' : 'stored';
        expect(outcomes).toEqual([repeated, repeated, refused, refused]);
        const [row] = await rowsOf(derivedTripId('golf', T0));
        if (!seesRepeats) return;
        expect(results[2]?.reason).toMatch(/more than 32 custom signals$/);
        expect(row?.values).toEqual({ ...custom('a', MAX_CUSTOM_SIGNALS - 1), b: 1, rpm: 900 });
      });

      test('refuses another time under a key that is taken, by name, and nothing else with it', async () => {
        const results = await store.write([
          tripEvent(TRIP_A, 1, 0),
          tripEvent(TRIP_A, 1, 5),
          tripEvent(TRIP_A, 2, 10),
          tripEvent(TRIP_B, 1, 5),
        ]);

        const conflict = seesRepeats ? 'seq-conflict' : 'stored';
        expect(results.map(({ outcome }) => outcome)).toEqual(['stored', conflict, 'stored', 'stored']);
        expect((await rowsOf(TRIP_A)).map(({ seq }) => seq)).toEqual(seesRepeats ? [1, 2] : [1, 1, 2]);
      });

      test("answers with the trip that an event is shown in: the device's own, or the server's by time", async () => {
        const results = await store.write([
          loose(0),
          loose(100),
          loose(201),
          tripEvent(TRIP_A, 1, 1_000),
          loose(1_050),
        ]);

        expect(results.map(({ trip_id }) => trip_id)).toEqual([
          derivedTripId('golf', T0),
          derivedTripId('golf', T0),
          derivedTripId('golf', T0 + 201_000),
          TRIP_A,
          TRIP_A,
        ]);
      });

      test('keeps vehicles apart', async () => {
        await store.write([loose(0), loose(1, { vehicle: 'polo' })]);

        expect((await trips()).map(({ vehicle }) => vehicle)).toEqual(['polo', 'golf']);
        expect((await trips(['polo'])).map(({ vehicle }) => vehicle)).toEqual(['polo']);
      });

      test('takes any number of events at once, from many callers', async () => {
        const calls = Array.from({ length: 20 }, (_, call) =>
          store.write(
            Array.from({ length: 500 }, (_, index) => tripEvent(TRIP_A, 1 + call * 500 + index, call * 500 + index)),
          ),
        );

        expect((await Promise.all(calls)).flat().every(({ outcome }) => outcome === 'stored')).toBe(true);
        expect(await store.seqs('golf', TRIP_A)).toEqual([[1, 10_000]]);
        expect((await rowsOf(TRIP_A)).map(({ seq }) => seq)).toEqual(
          Array.from({ length: 10_000 }, (_, index) => index + 1),
        );
      });

      test.each([16, 17, 100, 2_001])('takes %i events of a trip at once, each once', async (count) => {
        const eventsOf = (trip: string) =>
          Array.from({ length: count }, (_, index) => tripEvent(trip, 1 + index, index));
        const once = await store.write(eventsOf(TRIP_A));
        expect(await store.seqs('golf', TRIP_A)).toEqual([[1, count]]);
        const twice = await store.write(eventsOf(TRIP_B).flatMap((event) => [event, event]));

        expect(once.every(({ outcome }) => outcome === 'stored')).toBe(true);
        expect(twice.every(({ outcome }, index) => outcome === (index % 2 === 0 ? 'stored' : repeated))).toBe(true);
        expect((await trips()).map(({ event_count }) => event_count)).toEqual([count, count]);
      });

      test('resolves to nothing for nothing', async () => {
        expect(await store.write([])).toEqual([]);
      });
    });

    describe('trips', () => {
      test('come newest first, by pages, each once', async () => {
        await store.write([0, 1_000, 2_000, 3_000].map((seconds) => loose(seconds)));
        await store.write([loose(1_000, { vehicle: 'polo' })]);
        const seen: string[] = [];

        for (let after: Parameters<EventStore['trips']>[0]['after'], first = true; first || after; first = false) {
          const page = await store.trips({ vehicles: undefined, span: EVER, limit: 2, after });
          seen.push(...page.trips.map(({ vehicle, started_at }) => `${vehicle} ${started_at.slice(11, 19)}`));
          after = page.next;
        }

        expect(seen).toEqual(['golf 12:50:00', 'golf 12:33:20', 'polo 12:16:40', 'golf 12:16:40', 'golf 12:00:00']);
      });

      test('are those that overlap the span', async () => {
        await store.write([0, 50, 1_000, 1_050].map((seconds) => loose(seconds)));
        const from = T0 + 40_000;

        const inside = await store.trips({
          vehicles: undefined,
          span: { from, to: from + 1 },
          limit: 9,
          after: undefined,
        });

        expect(inside.trips.map(({ trip_id }) => trip_id)).toEqual([derivedTripId('golf', T0)]);
      });

      test('show what was written, however it came', async () => {
        await store.write([loose(50), loose(0)]);
        expect(await trips()).toMatchObject([{ event_count: 2, duration_s: 50 }]);

        await store.write([loose(120)]);
        expect(await trips()).toMatchObject([{ event_count: 3, duration_s: 120 }]);

        await store.write([loose(60)]);
        expect(await trips()).toMatchObject([{ event_count: 4, duration_s: 120 }]);

        await store.write([loose(300)]);
        expect(await trips()).toMatchObject([{ event_count: 1 }, { event_count: 4 }]);

        await store.write([loose(210)]);
        expect(await trips()).toMatchObject([{ event_count: 6, duration_s: 300 }]);
      });

      test('count missing nothing and everything once when a device makes them', async () => {
        await store.write([tripEvent(TRIP_A, 3, 20), tripEvent(TRIP_A, 1, 0), tripEvent(TRIP_A, 7, 60)]);

        expect(await trips()).toMatchObject([{ trip_id: TRIP_A, event_count: 3, duration_s: 60, made_by: 'device' }]);
        expect(await store.seqs('golf', TRIP_A)).toEqual([
          [1, 1],
          [3, 3],
          [7, 7],
        ]);
      });

      test('give their events in order of time, also where seqs are not, and loose ones among them', async () => {
        await store.write([
          tripEvent(TRIP_A, 1, 30),
          tripEvent(TRIP_A, 2, 10),
          tripEvent(TRIP_A, 3, 20),
          loose(15),
          loose(130),
        ]);

        const seconds = (await rowsOf(TRIP_A)).map(({ ts, trip }) => [(ts - T0) / 1_000, trip]);

        expect(seconds).toEqual([
          [10, TRIP_A],
          [15, null],
          [20, TRIP_A],
          [30, TRIP_A],
          [130, null],
        ]);
      });

      test('count every event of an instant, also one that comes after they were told', async () => {
        const seqsAt = (second: number, ...seqs: number[]) => seqs.map((seq) => tripEvent(TRIP_A, seq, second));
        const told: unknown[] = [];
        for (const events of [seqsAt(0, 1, 2), seqsAt(0, 3), [...seqsAt(0, 4), ...seqsAt(5, 5)]]) {
          await store.write(events);
          told.push((await trips()).map(({ event_count }) => event_count));
        }

        expect(told).toEqual([[2], [3], [5]]);
      });

      test('have no seqs where the device sent none', async () => {
        await store.write([tripEvent(TRIP_A, T0, 0), tripEvent(TRIP_A, T0 + 1_000, 1)]);

        expect(await store.seqs('golf', TRIP_A)).toEqual([]);
      });
    });

    describe('trip', () => {
      test('finds a trip by the id that it has, and none by another', async () => {
        await store.write([loose(0), tripEvent(TRIP_A, 1, 1_000)]);

        expect(await store.trip(TRIP_A, undefined)).toMatchObject({ kind: 'found', vehicle: 'golf' });
        expect(await store.trip(derivedTripId('golf', T0), ['golf'])).toMatchObject({ kind: 'found' });
        expect(await store.trip(TRIP_B, undefined)).toEqual({ kind: 'none' });
        expect(await store.trip(TRIP_A, ['polo'])).toEqual({ kind: 'none' });
        expect(await store.trip(derivedTripId('polo', T0), undefined)).toEqual({ kind: 'none' });
      });

      test('leads an id that was ever answered to the trip that has its time now', async () => {
        const [first] = await store.write([loose(80)]);
        await store.write([loose(0)]);
        expect(await store.trip(first?.trip_id ?? '', undefined)).toEqual({
          kind: 'moved',
          vehicle: 'golf',
          trip_id: derivedTripId('golf', T0),
        });

        await store.write([tripEvent(TRIP_A, 1, 60)]);
        expect(await store.trip(first?.trip_id ?? '', undefined)).toMatchObject({ kind: 'moved', trip_id: TRIP_A });
      });

      test('is ambiguous where two vehicles have it', async () => {
        await store.write([tripEvent(TRIP_A, 1, 0), tripEvent(TRIP_A, 1, 0, { vehicle: 'polo' })]);

        expect(await store.trip(TRIP_A, undefined)).toEqual({ kind: 'ambiguous', vehicles: ['golf', 'polo'] });
        expect(await store.trip(TRIP_A, ['polo'])).toMatchObject({ kind: 'found', vehicle: 'polo' });
      });
    });

    describe('vehicles', () => {
      test('are listed with their newest event', async () => {
        await store.write([loose(10), loose(0), loose(5, { vehicle: 'audi' })]);

        expect(await store.vehicles()).toEqual([
          { vehicle: 'audi', last_ts: T0 + 5_000 },
          { vehicle: 'golf', last_ts: T0 + 10_000 },
        ]);
        expect(store.newest()).toBe(T0 + 10_000);
      });

      test('have a newest value of each signal, also from trips before', async () => {
        await store.write([
          loose(0, { values: { fuel_level_pct: 60, rpm: 900 } }),
          loose(1_000, { values: { rpm: 1_000 }, dtcs: ['P0301'] }),
          loose(1_010, { values: { speed_kph: 7 } }),
        ]);

        expect((await store.latest(['golf', 'nobody'])).map(bySignal)).toEqual([
          {
            vehicle: 'golf',
            trip_id: derivedTripId('golf', T0 + 1_000_000),
            last_ts: T0 + 1_010_000,
            readings: [
              ['fuel_level_pct', T0, 60],
              ['rpm', T0 + 1_000_000, 1_000],
              ['speed_kph', T0 + 1_010_000, 7],
            ],
            dtcs: ['P0301'],
          },
        ]);
      });

      test('have another revision after every change', async () => {
        await store.write([loose(0)]);
        const before = (await store.revisions()).get('golf');

        await store.write([loose(0, { values: { rpm: 900 } })]);

        expect((await store.revisions()).get('golf')).not.toBe(before);
      });
    });

    describe('history', () => {
      test('adds up a signal by minutes or more, from loose events and trips', async () => {
        await store.write([
          loose(0, { values: { rpm: 1_000 } }),
          tripEvent(TRIP_A, 1, 30, { values: { rpm: 2_000 } }),
          loose(61, { values: { rpm: 500, speed_kph: 3 } }),
          loose(7_200, { values: { rpm: 9 } }),
        ]);
        const hour = { from: T0, to: T0 + 3_599_999 };

        expect(await store.history('golf', 'rpm', hour, 60_000)).toEqual([
          { ts: T0, count: 2, mean: 1_500, min: 1_000, max: 2_000 },
          { ts: T0 + 60_000, count: 1, mean: 500, min: 500, max: 500 },
        ]);
        expect(await store.history('golf', 'rpm', hour, 3_600_000)).toEqual([
          { ts: T0, count: 3, mean: 3_500 / 3, min: 500, max: 2_000 },
        ]);
        expect(await store.history('golf', 'soc_pct', hour, 60_000)).toEqual([]);
      });
    });

    describe('corrections', () => {
      test('part, unite, name and take away trips, until they are taken back', async () => {
        await store.write([0, 50, 100, 150].map((seconds) => loose(seconds)));
        await trips();

        const split = await correct({ kind: 'split', at: T0 + 100_000, span: { from: T0 + 99_999, to: T0 + 100_000 } });
        expect(await trips()).toMatchObject([{ event_count: 2 }, { event_count: 2 }]);

        await correct({ kind: 'name', anchor: { trip: null, ts: T0 + 120_000 }, name: 'To work', note: 'rain' });
        expect(await trips()).toMatchObject([{ name: 'To work', note: 'rain' }, { name: null }]);

        await made.registry.delete('correction', split);
        expect(await trips()).toMatchObject([{ event_count: 4, name: 'To work' }]);
      });

      test('a split cuts a trip that overlaps another one, which ends first', async () => {
        await store.write([tripEvent(TRIP_A, 1, 0), tripEvent(TRIP_A, 2, 30), tripEvent(TRIP_B, 1, 20)]);
        await trips();

        await correct({ kind: 'split', at: T0 + 10_000, span: { from: T0 + 9_999, to: T0 + 10_000 } });

        expect((await trips()).map(({ event_count }) => event_count)).toEqual([1, 1, 1]);
      });

      test('leave a tombstone where a trip was deleted: what comes for it is hidden, and there when that is undone', async () => {
        await store.write([loose(0), loose(50), tripEvent(TRIP_A, 1, 1_000), tripEvent(TRIP_A, 2, 1_010)]);
        const span = { from: T0, to: T0 + 50_000 };
        const tombstone = await correct({ kind: 'delete', trip_id: '', parts: [{ trip: null, ...span }], span });
        await correct({ kind: 'delete', trip_id: TRIP_A, parts: [{ trip: TRIP_A, ...EVER }] });

        const results = await store.write([loose(0), loose(25), tripEvent(TRIP_A, 3, 1_020), loose(60)]);

        expect(results.map(({ outcome }) => outcome)).toEqual(['deleted', 'deleted', 'deleted', 'stored']);
        expect(await trips()).toMatchObject([{ event_count: 1, started_at: '2025-11-04T12:01:00Z' }]);
        expect(await store.trip(TRIP_A, undefined)).toEqual({ kind: 'none' });
        expect(await store.history('golf', 'speed_kph', { from: T0, to: T0 + 7_199_999 }, 60_000)).toMatchObject([
          { ts: T0 + 60_000, count: 1 },
        ]);

        await made.registry.delete('correction', tombstone);
        expect(await trips()).toMatchObject([{ event_count: 4 }]);
      });

      test('purge what was deleted, once nobody can want it back', async () => {
        await store.write([loose(0), loose(50), tripEvent(TRIP_A, 1, 1_000)]);
        const span = { from: T0, to: T0 + 50_000 };
        await correct({ kind: 'delete', trip_id: '', parts: [{ trip: null, ...span }], span, made_at: T0 });
        expect((await store.size()).events).toBe(3);

        while (await store.maintain({ forgetBefore: undefined, purgeDeletedBefore: T0 + 1 })) {}

        expect((await store.size()).events).toBe(1);
        expect(await trips()).toMatchObject([{ trip_id: TRIP_A }]);
        expect((await store.write([loose(0)])).map(({ outcome }) => outcome)).toEqual(['deleted']);
        while (await store.maintain({ forgetBefore: undefined, purgeDeletedBefore: T0 + 1 })) {}
        expect((await store.size()).events).toBe(1);
      });
    });

    describe('aliases', () => {
      const rename = (aliases: string[]) =>
        made.registry.put({ kind: 'vehicle', id: 'golf', owner: '', at: T0, body: { name: null, aliases } });

      test('add up a trip that both names have, though it begins and ends with the same times', async () => {
        const phone = { vehicle: 'phone-golf' };
        await store.write([tripEvent(TRIP_A, 1, 0), tripEvent(TRIP_A, 3, 20), tripEvent(TRIP_A, 5, 40)]);
        await store.write([tripEvent(TRIP_A, 2, 0, phone), tripEvent(TRIP_A, 4, 40, phone)]);
        await trips();

        await rename(['phone-golf']);

        expect(await trips()).toMatchObject([{ trip_id: TRIP_A, event_count: 5 }]);
        expect(await rowsOf(TRIP_A)).toHaveLength(5);
        await rename([]);
        expect((await trips()).map(({ event_count }) => event_count).sort()).toEqual([2, 3]);
      });

      test('make one vehicle of several names, for what was stored before too', async () => {
        await store.write([
          loose(0),
          loose(50, { vehicle: 'phone-golf' }),
          tripEvent(TRIP_A, 1, 1_000, { vehicle: 'phone-golf' }),
        ]);
        expect(await trips()).toHaveLength(3);

        await rename(['phone-golf']);

        expect(await trips()).toMatchObject([
          { vehicle: 'golf', trip_id: TRIP_A },
          { vehicle: 'golf', event_count: 2 },
        ]);
        expect(await store.vehicles()).toEqual([{ vehicle: 'golf', last_ts: T0 + 1_000_000 }]);
        expect(await store.seqs('golf', TRIP_A)).toEqual([[1, 1]]);
        expect(await store.trip(derivedTripId('phone-golf', T0 + 50_000), undefined)).toMatchObject({
          kind: 'moved',
          trip_id: derivedTripId('golf', T0),
        });
      });

      test('count what a trip of one id has under each of them', async () => {
        await store.write([tripEvent(TRIP_A, 1, 0), tripEvent(TRIP_A, 3, 100)]);
        await store.write([tripEvent(TRIP_A, 2, 50, { vehicle: 'phone-golf' })]);
        await trips();

        await rename(['phone-golf']);
        await store.write([tripEvent(TRIP_A, 4, 200)]);
        expect(await trips()).toMatchObject([{ event_count: 4 }]);

        await rename([]);
        expect((await trips()).map(({ event_count }) => event_count).sort()).toEqual([1, 3]);
      });

      test('do not store again what came under the other name before', async () => {
        await store.write([loose(0, { vehicle: 'phone-golf' }), tripEvent(TRIP_A, 1, 5, { vehicle: 'phone-golf' })]);
        await rename(['phone-golf']);

        const results = await store.write([loose(0), tripEvent(TRIP_A, 1, 5)]);
        const [conflict] = await store.write([tripEvent(TRIP_A, 1, 6)]);

        expect(results.map(({ outcome }) => outcome)).toEqual([repeated, repeated]);
        expect(conflict?.outcome).toBe(seesRepeats ? 'seq-conflict' : 'stored');
        expect(await trips()).toMatchObject([{ event_count: seesRepeats ? 2 : 3 }]);
      });

      test('come apart again when they are taken back', async () => {
        await store.write([loose(0), loose(50, { vehicle: 'phone-golf' })]);
        await rename(['phone-golf']);
        expect(await trips()).toHaveLength(1);

        await rename([]);

        expect((await trips()).map(({ vehicle }) => vehicle)).toEqual(['phone-golf', 'golf']);
      });
    });

    describe('retention', () => {
      test('forgets what is older, in trips, history and rows', async () => {
        await store.write(Array.from({ length: 1_200 }, (_, index) => loose(index)));
        await store.write([tripEvent(TRIP_A, 1, -5_000), tripEvent(TRIP_B, 1, 2_000), tripEvent(TRIP_B, 2, 2_001)]);
        await trips();

        while (await store.maintain({ forgetBefore: T0 + 630_000, purgeDeletedBefore: 0 })) {}

        expect(await trips()).toMatchObject([
          { trip_id: TRIP_B, event_count: 2 },
          { event_count: 570, started_at: '2025-11-04T12:10:30Z', trip_id: derivedTripId('golf', T0 + 630_000) },
        ]);
        expect((await store.size()).events).toBe(572);
        const span = { from: T0 - 3_600_000, to: T0 + 779_999 };
        expect(await store.history('golf', 'speed_kph', span, 60_000)).toMatchObject([
          { ts: T0 + 600_000, count: 30 },
          { ts: T0 + 660_000, count: 60 },
          { ts: T0 + 720_000, count: 60 },
        ]);
        expect(await rowsOf(derivedTripId('golf', T0 + 630_000))).toHaveLength(570);
      });
    });

    test('says how much it holds, and whether it can commit', async () => {
      await store.write([loose(0), loose(1)]);

      expect(await store.size()).toMatchObject({ events: 2, bytes: expect.any(Number) });
      await expect(store.probe()).resolves.toBeUndefined();
    });
  });
}
