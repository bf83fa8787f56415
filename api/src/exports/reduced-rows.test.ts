import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../ports.ts';
import { reducedRows } from './reduced-rows.ts';

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
      fc.asyncProperty(rows, pageSize, fc.integer({ min: 3, max: 70 }), fields, async (all, size, maxPoints, names) => {
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
      fc.asyncProperty(rows, pageSize, fc.integer({ min: 3, max: 70 }), fields, async (all, size, maxPoints, names) => {
        expect(await reduced(all, size, maxPoints, names)).toEqual(await reduced(all, 1_000, maxPoints, names));
      }),
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
