import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, rangesOf, type SeqRange, union, without } from './seq-set.ts';

const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 60 }));
const sorted = (set: Iterable<number>) => [...set].sort((a, b) => a - b);
const members = (ranges: readonly SeqRange[]) =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));

describe('sets of seqs', () => {
  test('ranges hold exactly the seqs that they were made of, apart from each other', () => {
    fc.assert(
      fc.property(seqs, (set) => {
        const ranges = rangesOf(sorted(set));
        expect(members(ranges)).toEqual(sorted(set));
        expect(ranges.every(([first], at) => at === 0 || first > (ranges[at - 1]?.[1] ?? 0) + 1)).toBe(true);
      }),
    );
  });

  test('union and difference are those of the sets', () => {
    fc.assert(
      fc.property(seqs, seqs, (a, b) => {
        const [left, right] = [rangesOf(sorted(a)), rangesOf(sorted(b))];
        expect(members(union([...left, ...right]))).toEqual(sorted(new Set([...a, ...b])));
        expect(members(without(left, right))).toEqual(sorted(a).filter((seq) => !b.includes(seq)));
      }),
    );
  });

  test('cutting keeps all seqs, in pieces of at most so many', () => {
    fc.assert(
      fc.property(seqs, fc.integer({ min: 1, max: 9 }), (set, most) => {
        const pieces = cut(rangesOf(sorted(set)), most);
        expect(members(pieces)).toEqual(sorted(set));
        expect(pieces.every(([first, last]) => last - first < most)).toBe(true);
      }),
    );
  });
});
