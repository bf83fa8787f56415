import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../../ports.ts';
import { RowDigest } from './row-digest.ts';

/** Of few kinds, so that many are alike, or differ in one thing alone. */
const row: fc.Arbitrary<EventRow> = fc.record({
  ts: fc.nat(1),
  seq: fc.nat(1),
  trip: fc.constantFrom(null, 'A'),
  source: fc.constantFrom('phone', 'dongle'),
  values: fc.constantFrom({ rpm: 1 }, { rpm: 0 }, { rpm: 1, oil_c: 0 }, { oil_c: 0 }, { oil_c: 0, rpm: 1 }, {}),
  dtcs: fc.constantFrom(undefined, [], ['P0301']),
});
const rows = fc.array(row, { maxLength: 4 });

function added(all: readonly EventRow[], digest = new RowDigest()): RowDigest {
  for (const each of all) digest.add(each);
  return digest;
}

/** All that they say, the order of signals too. */
function said(all: readonly EventRow[]): string {
  return JSON.stringify(all.map(({ values, ...rest }) => [rest, Object.entries(values)]));
}

/** One thing alone is another in one of them, or nothing. */
const pair = fc.tuple(
  rows,
  fc.nat(3),
  fc.constantFrom(...(['ts', 'seq', 'trip', 'source', 'values', 'dtcs'] as const)),
  row,
);

test('events have the digest of others where they say the same, and only there', () => {
  fc.assert(
    fc.property(pair, ([some, at, name, other]) => {
      const others = some.map((each, index) => (index === at ? { ...each, [name]: other[name] } : each));

      expect(added(some).end() === added(others).end()).toBe(said(some) === said(others));
    }),
    { numRuns: 2_000 },
  );
});

test('a digest goes on from any other, which goes on by itself', () => {
  const long = fc.array(row, { maxLength: 100 });
  fc.assert(
    fc.property(long, rows, rows, (before, some, others) => {
      const one = added(before);
      const copy = one.copy();
      added(others, copy);
      added(some, one);

      expect(one.end()).toBe(added([...before, ...some]).end());
      expect(copy.end()).toBe(added([...before, ...others]).end());
    }),
    { numRuns: 1_000 },
  );
});
