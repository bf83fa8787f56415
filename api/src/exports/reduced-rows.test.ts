import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../ports.ts';
import { summarize } from '../trips/summary.ts';
import { addRow, startTotals } from '../trips/totals.ts';
import type { ExportedTrip } from './format.ts';
import { reducedRows, reducedTrip } from './reduced-rows.ts';
import { trackOf } from './track.ts';

const NAMES = ['speed_kph', 'rpm', 'coolant_c'];

const values = fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: -5, max: 5 }), { noNullPrototype: true });
const rows = fc
  .array(values, { maxLength: 60 })
  .map((all) => all.map((each, index): EventRow => ({ ts: index, seq: index, trip: null, source: '', values: each })));
const pageSize = fc.integer({ min: 1, max: 20 });
const fields = fc.subarray(NAMES);

async function* inPages(all: readonly EventRow[], size: number): AsyncGenerator<readonly EventRow[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

async function reduced(all: readonly EventRow[], size: number, maxPoints: number, names: readonly string[]) {
  const kept: EventRow[] = [];
  for await (const page of reducedRows(inPages(all, size), all.length, maxPoints, names)) kept.push(...page);
  return kept;
}

function extremesOf(all: readonly EventRow[], name: string): (number | undefined)[] {
  const sorted = all.flatMap((row) => row.values[name] ?? []).sort((a, b) => a - b);
  return [sorted[0], sorted.at(-1)];
}

describe('reduced rows', () => {
  test('are never more than asked for, in order, the first and the last among them', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pageSize, fc.integer({ min: 2, max: 70 }), fields, async (all, size, maxPoints, names) => {
        const kept = await reduced(all, size, maxPoints, names);

        expect(kept.length).toBeLessThanOrEqual(maxPoints);
        expect(kept).toEqual(all.filter((row) => kept.includes(row)));
        expect(kept[0]).toBe(all[0]);
        expect(kept.at(-1)).toBe(all.at(-1));
      }),
    );
  });

  test('hold the least and the greatest value of a signal', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pageSize, fc.integer({ min: 4, max: 70 }), async (all, size, maxPoints) => {
        const kept = await reduced(all, size, maxPoints, ['rpm']);

        expect(extremesOf(kept, 'rpm')).toEqual(extremesOf(all, 'rpm'));
      }),
    );
  });

  test('hold the extremes of each signal where there is room for them all', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fields, fc.nat(30), async (all, names, more) => {
        const kept = await reduced(all, 7, 2 + 2 * names.length + more, names);

        for (const name of names) expect(extremesOf(kept, name)).toEqual(extremesOf(all, name));
      }),
    );
  });

  test('are the same however the rows came in pages', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pageSize, fc.integer({ min: 2, max: 70 }), fields, async (all, size, maxPoints, names) => {
        expect(await reduced(all, size, maxPoints, names)).toEqual(await reduced(all, 1_000, maxPoints, names));
      }),
    );
  });

  test('are as many as asked for, whatever their values are', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pageSize, fc.integer({ min: 2, max: 70 }), fields, async (all, size, maxPoints, names) => {
        const kept = await reduced(all, size, maxPoints, names);

        expect(kept).toHaveLength(Math.min(maxPoints, all.length));
      }),
    );
  });

  test('are never more than asked for, also where a trip goes on while it is read', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 2, max: 20 }),
        fields,
        fc.nat(59),
        async (all, maxPoints, names, later) => {
          const counted = Math.max(maxPoints + 1, all.length - later);
          const kept: EventRow[] = [];
          for await (const page of reducedRows(inPages(all, 7), counted, maxPoints, names)) kept.push(...page);

          expect(kept.length).toBeLessThanOrEqual(maxPoints);
          expect(kept.at(-1)).toBe(all.at(-1));
        },
      ),
    );
  });

  test('are all rows where they are few enough', async () => {
    await fc.assert(
      fc.asyncProperty(rows, pageSize, fields, async (all, size, names) => {
        expect(await reduced(all, size, all.length, names)).toEqual(all);
      }),
    );
  });
});

describe('a reduced trip', () => {
  const AN_HOUR = 3_600;
  const tracked = Array.from(
    { length: AN_HOUR },
    (_, second): EventRow => ({
      ts: second * 1_000,
      seq: second,
      trip: null,
      source: '',
      values: { lat: 47 + second / 10_000, lon: 8 + Math.sin(second / 100) / 100, speed_kph: second % 50 },
    }),
  );

  function tripOf(all: readonly EventRow[], names: readonly string[]): ExportedTrip {
    const totals = startTotals();
    for (const row of all) addRow(totals, row);
    const trip = { id: 'a1', from: totals.first_ts, to: totals.last_ts, parts: [] };
    return { summary: summarize('golf', trip, totals, undefined), fields: names, rows: inPages(all, 1_000) };
  }

  async function segments(trip: ExportedTrip): Promise<number> {
    let count = 0;
    for await (const points of trackOf(trip)) count += points.filter(({ starts }) => starts).length;
    return count;
  }

  test.each([2, 3, 5, 10, 20, 100, 1_000])(
    'to %i points is one line where the whole of it is one',
    async (maxPoints) => {
      for (const names of [[], ['speed_kph'], ['lat', 'lon', 'speed_kph']]) {
        expect(await segments(reducedTrip(tripOf(tracked, names), tracked.length, maxPoints))).toBe(1);
      }
    },
  );

  test('is still two lines where the record has a long gap', async () => {
    const halves = tracked.filter(({ seq }) => seq < 600 || seq > 3_000);

    expect(await segments(reducedTrip(tripOf(halves, ['speed_kph']), halves.length, 100))).toBe(2);
  });

  test('with room for all its rows is the trip itself', () => {
    const trip = tripOf(tracked, ['speed_kph']);

    expect(reducedTrip(trip, tracked.length, AN_HOUR)).toBe(trip);
  });
});
