import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { portionsOf } from './portions.ts';
import type { Derived } from './protocol.ts';

const SHOWN = ['removed', 'trips', 'rollups', 'ordered'] as const;
const KINDS = [...SHOWN, 'settled'] as const;
const MOST_ROWS = 1_000;

/** Numbers stand for rows. */
const stretch = fc
  .array(fc.oneof(fc.nat(3), fc.integer({ min: 998, max: 1_002 }), fc.nat(3_000)), { minLength: 5, maxLength: 5 })
  .map((counts) => {
    const lists = KINDS.map((kind, index) => [kind, Array.from({ length: counts[index] as number }, (_, row) => row)]);
    return { vehicle: 'golf', ...Object.fromEntries(lists) } as unknown as Derived;
  });

function rowsOf(all: readonly Derived[], kinds: readonly (typeof KINDS)[number][]): unknown[] {
  return kinds.flatMap((kind) => all.flatMap<unknown>((derived) => derived[kind]));
}

test('portions have every row once, and few each', () => {
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 4 }), (stretches) => {
      const portions = [...portionsOf(stretches)];

      expect(rowsOf(portions.flat(), KINDS)).toEqual(rowsOf(stretches, KINDS));
      for (const portion of portions) expect(rowsOf(portion, KINDS).length).toBeLessThanOrEqual(MOST_ROWS);
    }),
    { numRuns: 50 },
  );
});

test('nothing is settled before all that shows it is there', () => {
  fc.assert(
    fc.property(stretch, (derived) => {
      const portions = [...portionsOf([derived])];
      const first = portions.findIndex((portion) => rowsOf(portion, ['settled']).length > 0);

      expect(first < 0 ? [] : rowsOf(portions.slice(first + 1).flat(), SHOWN)).toEqual([]);
    }),
  );
});
