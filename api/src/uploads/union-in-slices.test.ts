import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seqRanges, unionOfRanges } from '../trips/seq-ranges.ts';
import { unionInSlices } from './union-in-slices.ts';

test('the union is that of all sets at once, in whatever order they come', async () => {
  const set = fc.uniqueArray(fc.integer({ min: 1, max: 60 })).map((seqs) => seqRanges(seqs.sort((a, b) => a - b)));
  await fc.assert(
    fc.asyncProperty(fc.array(set, { maxLength: 9 }), async (sets) => {
      expect(await unionInSlices(sets)).toEqual(unionOfRanges(sets));
    }),
  );
});
