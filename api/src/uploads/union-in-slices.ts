/** What is here of an upload: its chunks may have a hundred thousand ranges between them. */
import { createBreather } from '../ingest/breathe.ts';
import type { SeqRange } from '../ports.ts';

/** Ranges between two looks at the clock. */
const LOOK_EVERY = 4_096;

/** All that is in any of the sets, of which each is ascending; others get their turn meanwhile. */
export async function unionInSlices(sets: readonly (readonly SeqRange[])[]): Promise<readonly SeqRange[]> {
  const breathe = createBreather();
  let left = sets;
  while (left.length > 1) {
    const pairs: (readonly SeqRange[])[] = [];
    for (let at = 0; at < left.length; at += 2) pairs.push(await merged(left[at] ?? [], left[at + 1] ?? [], breathe));
    left = pairs;
  }
  return left[0] ?? [];
}

async function merged(
  some: readonly SeqRange[],
  others: readonly SeqRange[],
  breathe: () => Promise<void> | undefined,
): Promise<readonly SeqRange[]> {
  const union: [number, number][] = [];
  let [at, there] = [0, 0];
  while (at < some.length || there < others.length) {
    const [one, other] = [some[at], others[there]];
    const isOne = other === undefined || (one !== undefined && one[0] <= other[0]);
    const [first, last] = (isOne ? some[at++] : others[there++]) as SeqRange;
    const previous = union.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else union.push([first, last]);
    if ((at + there) % LOOK_EVERY === 0) await breathe();
  }
  return union;
}
