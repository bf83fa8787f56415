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
  const extremes = new Extremes(names);
  let added = 0;
  let current = 0;
  let rows: EventRow[] = [];
  let given = 0;
  const flush = (): readonly EventRow[] => {
    // Room that a bucket did not need is the next one's.
    const kept = keptOf(rows, extremes, Math.ceil(((current + 1) * room) / buckets) - given);
    given += kept.length;
    rows = [];
    extremes.clear();
    return kept;
  };
  // A row is looked at when it is known not to be the last of all.
  let newest: EventRow | undefined;
  const settle = () => {
    if (newest === undefined) return;
    extremes.add(newest, rows.length);
    rows.push(newest);
    newest = undefined;
  };
  return {
    add(row) {
      if (added++ === 0) return [row];
      const bucket = bucketOf(added - 2);
      settle();
      const complete = bucket > current ? flush() : [];
      current = bucket;
      newest = row;
      return complete;
    },
    end() {
      const last = newest;
      return last === undefined ? [] : [...flush(), last];
    },
  };
}

/** Of each signal the row with the least and the row with the greatest value, and others, in their order: `room` in all. */
function keptOf(rows: readonly EventRow[], extremes: Extremes, room: number): readonly EventRow[] {
  if (rows.length <= room) return rows;
  const kept = new Set(extremes.indices().slice(0, room));
  const others = rows.map((_, index) => index).filter((index) => !kept.has(index));
  const indices = [...kept, ...spread(others, room - kept.size)].sort((a, b) => a - b);
  return indices.flatMap((index) => rows[index] ?? []);
}

/** So many of these, as far from each other and from the ends as can be. */
function spread(indices: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, at) => indices[Math.floor(((at + 0.5) * indices.length) / count)] ?? 0);
}

/** Where rows have the least and the greatest value of each signal, as the rows come: a bucket may hold a million. */
class Extremes {
  /** The place of each signal in the lists. */
  readonly #places: ReadonlyMap<string, number>;
  readonly #least: Extreme[] = [];
  readonly #greatest: Extreme[] = [];

  constructor(names: readonly string[]) {
    this.#places = new Map([...new Set(names)].map((name, place) => [name, place]));
  }

  add({ values }: EventRow, index: number): void {
    for (const name in values) {
      const place = this.#places.get(name);
      if (place === undefined) continue;
      const value = values[name] as number;
      if (value < (this.#least[place]?.value ?? Number.POSITIVE_INFINITY)) this.#least[place] = { value, index };
      if (value > (this.#greatest[place]?.value ?? Number.NEGATIVE_INFINITY)) this.#greatest[place] = { value, index };
    }
  }

  /** The rows, of each signal the least before the greatest. */
  indices(): number[] {
    const found = [...this.#places.values()].flatMap((place) => [this.#least[place], this.#greatest[place]]);
    return [...new Set(found.flatMap((extreme) => extreme?.index ?? []))];
  }

  clear(): void {
    this.#least.length = 0;
    this.#greatest.length = 0;
  }
}

interface Extreme {
  readonly value: number;
  readonly index: number;
}
