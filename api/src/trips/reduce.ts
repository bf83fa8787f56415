/**
 * Fewer rows that still show what happened: the rows are cut into even buckets, and of each bucket those stay that hold
 * the least or the greatest value of a signal. So a peak of one second survives in a month.
 */
import type { EventRow } from './totals.ts';

/** Takes rows one by one and gives back those that stay, in order. */
export interface Reducer {
  /** The rows of the bucket that this row completed, else none. */
  add(row: EventRow): readonly EventRow[];
  /** The rows of the last bucket. */
  end(): readonly EventRow[];
}

/**
 * A reducer of `count` rows to at most `maxPoints`. Only the signals in `names` count. With `k` signals a bucket keeps
 * up to 2k rows, so the buckets are the wider the more signals there are. The first and the last row stay always.
 */
export function createReducer(count: number, maxPoints: number, names: readonly string[]): Reducer {
  if (count <= maxPoints) return { add: (row) => [row], end: () => [] };
  const size = Math.ceil(Math.max(1, count - 2) / bucketCount(maxPoints, names));
  return createBuckets(size, Math.min(keptOf(names), Math.max(0, maxPoints - 2)), names);
}

/** Into how many buckets a reducer cuts the rows. */
export function bucketCount(maxPoints: number, names: readonly string[]): number {
  return Math.max(1, Math.floor((maxPoints - 2) / keptOf(names)));
}

/** Most rows that stay of a bucket. */
function keptOf(names: readonly string[]): number {
  return 2 * Math.max(1, names.length);
}

function createBuckets(size: number, kept: number, names: readonly string[]): Reducer {
  let first = true;
  let bucket: EventRow[] = [];
  const flush = (): readonly EventRow[] => {
    const rows = extremes(bucket, names, kept);
    bucket = [];
    return rows;
  };
  return {
    add(row) {
      if (first) {
        first = false;
        return [row];
      }
      const full = bucket.length >= size ? flush() : [];
      bucket.push(row);
      return full;
    },
    end() {
      const last = bucket.pop();
      return last === undefined ? [] : [...flush(), last];
    },
  };
}

/** Of each signal the row with the least and the row with the greatest value, in their order; at most `kept`. */
function extremes(rows: readonly EventRow[], names: readonly string[], kept: number): EventRow[] {
  const chosen = [...new Set(names.flatMap((name) => extremesOf(rows, name)))];
  const indices = (chosen.length > 0 ? chosen : [0]).slice(0, kept).sort((a, b) => a - b);
  return indices.flatMap((index) => rows[index] ?? []);
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
