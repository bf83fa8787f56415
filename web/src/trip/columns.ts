/** A trip's events as columns, as curves and maps need them. Pure. */
import type { TripEvent } from '../api/types.ts';

export interface Columns {
  /** Milliseconds since 1970, ascending. */
  readonly times: Float64Array;
  /** By signal, one entry an event; undefined where the event does not have it. */
  readonly values: Readonly<Record<string, readonly (number | undefined)[]>>;
}

/** As many events as curves and map can show smoothly: the server is asked for no more. */
export const MOST_POINTS = 20_000;

/** Steps in time that are longer than this are gaps at least, milliseconds. */
const SHORTEST_GAP_MS = 10_000;
/** And so many times longer than most steps of that signal: slow signals have no gaps between their values. */
const GAP_FACTOR = 8;
/** And than the average step, without the longest: of long trips the server sends pairs that are far from each other. */
const MEAN_FACTOR = 4;

export function columnsOf(events: readonly TripEvent[], signals: readonly string[]): Columns {
  const column = (signal: string) =>
    events.map((event) => (typeof event[signal] === 'number' ? (event[signal] as number) : undefined));
  return {
    times: Float64Array.from(events, ({ ts }) => Date.parse(ts)),
    values: Object.fromEntries(signals.map((signal) => [signal, column(signal)])),
  };
}

/** From which step on neighbours are not joined. */
export function gapLimit(times: ArrayLike<number>): number {
  const count = Math.max(0, times.length - 1);
  const steps = Float64Array.from({ length: count }, (_, index) => stepAt(times, index)).sort();
  const median = steps[(count - 1) >> 1] ?? 0;
  const mean = steps.subarray(0, -1).reduce((sum, step) => sum + step, 0) / Math.max(1, count - 1);
  return Math.max(SHORTEST_GAP_MS, GAP_FACTOR * median, MEAN_FACTOR * mean);
}

/** A curve for uPlot: seconds and values of the events that have it, with a null in the middle of each gap. */
export function curveOf({ times, values }: Columns, signal: string): [xs: number[], ys: (number | null)[]] {
  const known = (values[signal] ?? []).flatMap((value, index) =>
    value === undefined ? [] : [[times[index] ?? 0, value] as const],
  );
  const limit = gapLimit(known.map(([time]) => time));
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  for (const [index, [time, value]] of known.entries()) {
    const before = known[index - 1]?.[0] ?? time;
    if (time - before > limit) {
      xs.push((time + before) / 2_000);
      ys.push(null);
    }
    xs.push(time / 1_000);
    ys.push(value);
  }
  return [xs, ys];
}

/** The index of the time nearest to one; -1 where there is none. */
export function nearestIndex(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  const isBeforeNearer = low > 0 && time - (times[low - 1] ?? 0) < (times[low] ?? 0) - time;
  return isBeforeNearer ? low - 1 : high < 0 ? -1 : low;
}

/** A signal's value at a time: the nearest that was measured within the limit. */
export function valueAt(
  { times, values }: Columns,
  signal: string,
  time: number,
  limitMs = SHORTEST_GAP_MS,
): number | undefined {
  const column = values[signal] ?? [];
  const index = nearestIndex(times, time);
  for (let away = 0; away < times.length; away++) {
    const around = [index - away, index + away].filter((at) => Math.abs((times[at] ?? Number.NaN) - time) <= limitMs);
    if (around.length === 0) return undefined;
    const found = around.find((at) => column[at] !== undefined);
    if (found !== undefined) return column[found];
  }
  return undefined;
}

function stepAt(times: ArrayLike<number>, index: number): number {
  return (times[index + 1] ?? 0) - (times[index] ?? 0);
}
