import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seqRanges } from '../trips/seq-ranges.ts';
import { SeqCollector } from './seq-collector.ts';

test('seqs that come in any order, and twice, are the ranges of them sorted', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40_000 }),
      fc.integer({ min: 1, max: 97 }),
      fc.integer({ min: 1, max: 20_000 }),
      (count, step, most) => {
        const seqs = Array.from({ length: count }, (_, index) => 1 + ((index * step * 7_919) % most));
        const collector = new SeqCollector();

        for (const seq of seqs) collector.add(seq);

        expect(collector.ranges).toEqual(seqRanges(seqs.toSorted((a, b) => a - b)));
        expect(collector.size).toBe(collector.ranges.length);
      },
    ),
    { numRuns: 15 },
  );
});
