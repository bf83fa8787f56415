/**
 * A signal's minutes and steps as rows of numbers: tens of thousands of objects would take longer to make, and to hand to
 * another thread, than to read from the file.
 */
import type { HistoryPoint } from '../../ports.ts';
import { MS_PER_MINUTE, stepOf } from '../../trips/history.ts';

/**
 * The numbers of a row, Float64 each, little endian in the file: the minute since 1970 (or the start of a step, ms), and
 * what its values add up to: count, sum, min, max.
 */
export const MINUTE_COLUMNS = 5;

const ROW_BYTES = MINUTE_COLUMNS * Float64Array.BYTES_PER_ELEMENT;

/** Adds minutes up to steps of time, in order. Each part has its minutes in order. */
export function packHistory(parts: readonly Uint8Array[], stepMs: number): Float64Array<ArrayBuffer> {
  const rows = inOrder(joined(parts));
  let end = 0;
  for (let at = 0; at < rows.length; at += MINUTE_COLUMNS) {
    const step = stepOf((rows[at] as number) * MS_PER_MINUTE, stepMs);
    if (end > 0 && rows[end - MINUTE_COLUMNS] === step) {
      addRow(rows.subarray(end - MINUTE_COLUMNS, end), rows.subarray(at, at + MINUTE_COLUMNS));
    } else {
      rows.copyWithin(end, at, at + MINUTE_COLUMNS);
      rows[end] = step;
      end += MINUTE_COLUMNS;
    }
  }
  return rows.subarray(0, end);
}

function joined(parts: readonly Uint8Array[]): Float64Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Float64Array(bytes.buffer);
}

/** Most parts follow each other; a day of loose events and a device's trip may have the same minutes. */
function inOrder(rows: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  if (isInOrder(rows)) return rows;
  const each = Array.from({ length: rows.length / MINUTE_COLUMNS }, (_, index) =>
    rows.subarray(index * MINUTE_COLUMNS, (index + 1) * MINUTE_COLUMNS),
  );
  const sorted = new Float64Array(rows.length);
  each.sort(([a = 0], [b = 0]) => a - b).forEach((row, index) => void sorted.set(row, index * MINUTE_COLUMNS));
  return sorted;
}

function isInOrder(rows: Float64Array): boolean {
  for (let at = MINUTE_COLUMNS; at < rows.length; at += MINUTE_COLUMNS) {
    if ((rows[at] as number) < (rows[at - MINUTE_COLUMNS] as number)) return false;
  }
  return true;
}

function addRow(into: Float64Array, [, count = 0, sum = 0, min = 0, max = 0]: Float64Array): void {
  const [step = 0, thatCount = 0, thatSum = 0, thatMin = 0, thatMax = 0] = into;
  into.set([step, thatCount + count, thatSum + sum, Math.min(thatMin, min), Math.max(thatMax, max)]);
}

/** The points in packed steps. */
export function unpackHistory(packed: Float64Array): HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (let at = 0; at < packed.length; at += MINUTE_COLUMNS) {
    const count = packed[at + 1] as number;
    points.push({
      ts: packed[at] as number,
      count,
      mean: (packed[at + 2] as number) / count,
      min: packed[at + 3] as number,
      max: packed[at + 4] as number,
    });
  }
  return points;
}

/** The bytes of a row within rows of a signal and its minute's columns: what the file keeps. */
export function minuteBytes(rows: Float64Array<ArrayBuffer>, at: number): Uint8Array {
  return new Uint8Array(rows.buffer, rows.byteOffset + at * Float64Array.BYTES_PER_ELEMENT, ROW_BYTES);
}
