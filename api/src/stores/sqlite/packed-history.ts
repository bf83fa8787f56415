/**
 * A signal's history as rows of numbers: tens of thousands of objects would take longer to hand to another thread than
 * to read from the file.
 */
import type { HistoryPoint } from '../../ports.ts';
import { MS_PER_MINUTE, stepOf } from '../../trips/history.ts';

/** A row of `rollups`: the minute since 1970, and what its values add up to. */
export type MinuteRow = readonly [minute: number, count: number, sum: number, min: number, max: number];

const COLUMNS = 5;

/** Adds minutes up to steps of time, in order. */
export function packHistory(minutes: MinuteRow[], stepMs: number): Float64Array<ArrayBuffer> {
  const packed = new Float64Array(COLUMNS * minutes.length);
  let end = 0;
  for (const row of minutes.sort(([a], [b]) => a - b)) {
    const step = stepOf(row[0] * MS_PER_MINUTE, stepMs);
    if (end > 0 && packed[end - COLUMNS] === step) {
      addRow(packed.subarray(end - COLUMNS, end), row);
    } else {
      packed[end++] = step;
      for (let column = 1; column < COLUMNS; column++) packed[end++] = row[column] as number;
    }
  }
  return packed.subarray(0, end);
}

/** Adds a row to one that is packed. */
function addRow(into: Float64Array, [, count, sum, min, max]: MinuteRow): void {
  const [step = 0, thatCount = 0, thatSum = 0, thatMin = 0, thatMax = 0] = into;
  into.set([step, thatCount + count, thatSum + sum, Math.min(thatMin, min), Math.max(thatMax, max)]);
}

/** The points in packed rows. */
export function unpackHistory(packed: Float64Array): HistoryPoint[] {
  return Array.from({ length: packed.length / COLUMNS }, (_, index) => {
    const of = (column: number) => packed[COLUMNS * index + column] as number;
    return { ts: of(0), count: of(1), mean: of(2) / of(1), min: of(3), max: of(4) };
  });
}
