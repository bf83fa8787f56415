/**
 * Fewer rows that still show what happened: the rows are cut into even buckets, and of each bucket those stay that hold
 * the least or the greatest value of a signal; where there is room for more, others spread evenly. So a peak of one
 * second survives in a month.
 */
import type { EventRow } from './totals.ts';

/** Takes rows one by one and gives back those that stay, in order. */
export interface Reducer {
  /** The rows of the bucket that is complete now that this row begins another one, else none. */
  add(row: EventRow): readonly EventRow[];
  /** The rows of the last bucket. */
  end(): readonly EventRow[];
}

/**
 * A reducer of `count` rows to `maxPoints`, and never more, also of more rows than were counted. Only the signals in
 * `names` count. With `k` signals a bucket has room for 2k rows, so the buckets are the wider the more signals there
 * are. The first and the last row stay always.
 */
export function createReducer(count: number, maxPoints: number, names: readonly string[]): Reducer {
  if (count <= maxPoints) return { add: (row) => [row], end: () => [] };
  return createBuckets(count - 2, maxPoints - 2, bucketCount(maxPoints, names), names);
}

/** Into how many buckets a reducer cuts the rows. */
export function bucketCount(maxPoints: number, names: readonly string[]): number {
  return Math.max(1, Math.floor((maxPoints - 2) / (2 * Math.max(1, names.length))));
}

/** Keeps the first row, the last, and `room` of the `count` between them. */
function createBuckets(count: number, room: number, buckets: number, names: readonly string[]): Reducer {
  const bucketOf = (place: number) => Math.min(buckets - 1, Math.floor((place * buckets) / count));
  let added = 0;
  let current = 0;
  let rows: EventRow[] = [];
  let given = 0;
  const flush = (): readonly EventRow[] => {
    // Room that a bucket did not need is the next one's.
    const kept = keptOf(rows, names, Math.ceil(((current + 1) * room) / buckets) - given);
    given += kept.length;
    rows = [];
    return kept;
  };
  return {
    add(row) {
      if (added++ === 0) return [row];
      const bucket = bucketOf(added - 2);
      const complete = bucket > current ? flush() : [];
      current = bucket;
      rows.push(row);
      return complete;
    },
    end() {
      const last = rows.pop();
      return last === undefined ? [] : [...flush(), last];
    },
  };
}

/** Of each signal the row with the least and the row with the greatest value, and others, in their order: `room` in all. */
function keptOf(rows: readonly EventRow[], names: readonly string[], room: number): readonly EventRow[] {
  if (rows.length <= room) return rows;
  const extremes = [...new Set(names.flatMap((name) => extremesOf(rows, name)))].slice(0, room);
  const others = rows.map((_, index) => index).filter((index) => !extremes.includes(index));
  const indices = [...extremes, ...spread(others, room - extremes.length)].sort((a, b) => a - b);
  return indices.flatMap((index) => rows[index] ?? []);
}

/** So many of these, as far from each other and from the ends as can be. */
function spread(indices: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => indices[Math.floor(((at + 0.5) * indices.length) / count)] ?? 0);
}

/** The indices of the rows with the least and the greatest value of a signal, if any row has it. */
function extremesOf(rows: readonly EventRow[], name: string): number[] {
  let least = -1;
  let greatest = -1;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const [index, { values }] of rows.entries()) {
    const value = values[name];
    if (value === undefined) continue;
    if (value < min) [least, min] = [index, value];
    if (value > max) [greatest, max] = [index, value];
  }
  return least < 0 ? [] : [least, greatest];
}
