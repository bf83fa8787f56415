/** The list of trips as rows: a heading for each day, then its trips. Pure. */
import type { Trip } from '../api/types.ts';

export type Row =
  | {
      readonly kind: 'day';
      readonly key: string;
      readonly day: string;
      readonly timeZone: string | null;
      readonly at: string;
    }
  | { readonly kind: 'trip'; readonly key: string; readonly trip: Trip };

/** Heights of rows, pixels: known before they are drawn, so that ten thousand need not be. */
export const ROW_PX = { day: 44, trip: 84 } as const;

/** Days are those of the place where a trip began. */
export function rowsOf(trips: readonly Trip[]): Row[] {
  const rows: Row[] = [];
  let before = '';
  for (const trip of trips) {
    const day = dayOf(trip);
    if (day !== before) rows.push({ kind: 'day', key: day, day, timeZone: trip.time_zone, at: trip.started_at });
    rows.push({ kind: 'trip', key: trip.trip_id + trip.vehicle, trip });
    before = day;
  }
  return rows;
}

/** Where each row begins, and last where they all end, pixels. */
export function offsetsOf(rows: readonly Row[]): Float64Array {
  const offsets = new Float64Array(rows.length + 1);
  for (const [index, { kind }] of rows.entries()) offsets[index + 1] = (offsets[index] ?? 0) + ROW_PX[kind];
  return offsets;
}

/** The rows that touch a stretch of pixels: first, and the one after the last. */
export function rowsBetween(offsets: Float64Array, from: number, to: number): readonly [first: number, end: number] {
  const last = Math.max(0, offsets.length - 1);
  const first = Math.max(0, firstAbove(offsets, from) - 1);
  return [Math.min(first, last), Math.min(last, firstAbove(offsets, to))];
}

/** The first index whose offset is greater. */
function firstAbove(offsets: Float64Array, value: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Days of trips that were asked for before: formats are slow, and lists grow page by page. */
const days = new WeakMap<Trip, string>();

/** YYYY-MM-DD by the clock of the place where the trip began. */
export function dayOf(trip: Trip): string {
  const known = days.get(trip);
  if (known !== undefined) return known;
  const day = formatOf(trip.time_zone).format(new Date(trip.started_at));
  days.set(trip, day);
  return day;
}

function formatOf(timeZone: string | null): Intl.DateTimeFormat {
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  formats.set(zone, format);
  return format;
}
