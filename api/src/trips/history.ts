/** What a signal's values in a minute, or in several, add up to. */
import type { HistoryPoint } from '../ports.ts';

export const MS_PER_MINUTE = 60_000;

/** The values of one stretch of time. */
export interface Rollup {
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** Adds a value to the rollup under a key, which is made where there is none. */
export function addToRollup<K>(rollups: Map<K, Rollup>, key: K, value: number): void {
  const rollup = rollups.get(key);
  if (rollup === undefined) rollups.set(key, { count: 1, sum: value, min: value, max: value });
  else combine(rollup, { count: 1, sum: value, min: value, max: value });
}

/** Adds the second to the first. */
function combine(into: Rollup, { count, sum, min, max }: Rollup): void {
  into.count += count;
  into.sum += sum;
  if (min < into.min) into.min = min;
  if (max > into.max) into.max = max;
}

/** Rollups by the start of their step, as points in order. */
export function toHistory(rollups: ReadonlyMap<number, Rollup>): HistoryPoint[] {
  return [...rollups]
    .sort(([a], [b]) => a - b)
    .map(([ts, { count, sum, min, max }]) => ({ ts, count, mean: sum / count, min, max }));
}

/** The start of the step that holds a time; steps are counted from 1970. */
export function stepOf(ts: number, stepMs: number): number {
  return Math.floor(ts / stepMs) * stepMs;
}
