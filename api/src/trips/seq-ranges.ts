/** Sets of seqs as ascending ranges, which is how devices and people read them. */
import type { SeqRange } from '../ports.ts';

/** The ranges of ascending seqs. */
export function seqRanges(ascending: Iterable<number>): SeqRange[] {
  const ranges: [number, number][] = [];
  for (const seq of ascending) {
    const last = ranges.at(-1);
    if (last !== undefined && seq <= last[1] + 1) last[1] = Math.max(last[1], seq);
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** All that is in any of the sets. */
export function unionOfRanges(sets: readonly (readonly SeqRange[])[]): SeqRange[] {
  const union: [number, number][] = [];
  for (const [first, last] of sets.flat().toSorted((a, b) => a[0] - b[0])) {
    const previous = union.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else union.push([first, last]);
  }
  return union;
}

/** What is in `whole` and not in `part`, the first `most` ranges of it; both ascending and without overlap. */
export function missingRanges(
  whole: readonly SeqRange[],
  part: readonly SeqRange[],
  most = Number.POSITIVE_INFINITY,
): SeqRange[] {
  const missing: SeqRange[] = [];
  for (const [first, last] of whole) {
    let from = first;
    for (let next = firstReaching(part, from); from <= last && missing.length < most; next++) {
      const [partFirst, partLast] = part[next] ?? [last + 1, last + 1];
      if (partFirst > from) missing.push([from, Math.min(last, partFirst - 1)]);
      from = Math.max(from, partLast + 1);
    }
  }
  return missing;
}

/** The index of the first range that ends at a seq or behind it, found by halving: a part may have many thousand. */
function firstReaching(part: readonly SeqRange[], seq: number): number {
  let [low, high] = [0, part.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((part[middle]?.[1] ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many seqs of a range are in `part`, which is ascending and without overlap. */
export function countWithin([first, last]: SeqRange, part: readonly SeqRange[]): number {
  let count = 0;
  for (let next = firstReaching(part, first); next < part.length; next++) {
    const [from, to] = part[next] as SeqRange;
    if (from > last) break;
    count += Math.min(last, to) - Math.max(first, from) + 1;
  }
  return count;
}

/** How many seqs there are. */
export function countOfRanges(ranges: readonly SeqRange[]): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
