/** What is here of an upload: its chunks may have a hundred thousand ranges between them. */
import { createBreather } from '../ingest/breathe.ts';
import type { SeqRange } from '../ports.ts';
import { unionOfRanges } from '../trips/seq-ranges.ts';

/** As `unionOfRanges`, two sets at a time, so that others get their turn between. */
export async function unionInSlices(sets: readonly (readonly SeqRange[])[]): Promise<readonly SeqRange[]> {
  const breathe = createBreather();
  let left = sets;
  while (left.length > 1) {
    const pairs: SeqRange[][] = [];
    for (let at = 0; at < left.length; at += 2) {
      pairs.push(unionOfRanges(left.slice(at, at + 2)));
      await breathe();
    }
    left = pairs;
  }
  return left[0] ?? [];
}
