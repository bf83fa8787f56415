/** Sets of seqs as ascending ranges, both ends included. Pure. */

export type SeqRange = readonly [first: number, last: number];

/** All that is in any of the ranges: ascending, apart from each other. */
export function union(ranges: readonly SeqRange[]): SeqRange[] {
  const merged: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** What is in `whole` and not in `part`; both as `union` makes them. */
export function without(whole: readonly SeqRange[], part: readonly SeqRange[]): SeqRange[] {
  return whole.flatMap(([first, last]) => {
    const left: SeqRange[] = [];
    let from = first;
    for (const [taken, until] of part) {
      if (until < from || taken > last) continue;
      if (taken > from) left.push([from, taken - 1]);
      from = until + 1;
    }
    return from <= last ? [...left, [from, last] as const] : left;
  });
}

/** The ranges of ascending seqs. */
export function rangesOf(ascending: readonly number[]): SeqRange[] {
  return union(ascending.map((seq) => [seq, seq] as const));
}

/** Cuts ranges into pieces of at most so many seqs. */
export function cut(ranges: readonly SeqRange[], most: number): SeqRange[] {
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: Math.ceil((last - first + 1) / most) }, (_, index): SeqRange => {
      const from = first + index * most;
      return [from, Math.min(last, from + most - 1)];
    }),
  );
}

export function contains(ranges: readonly SeqRange[], seq: number): boolean {
  return ranges.some(([first, last]) => first <= seq && seq <= last);
}
