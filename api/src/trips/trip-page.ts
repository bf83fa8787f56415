/** The order in which trips are listed, and pages of it. */
import type { TripCursor, TripPage } from '../ports.ts';
import type { TripSummary } from './summary.ts';

/** A listed trip and its place in the order. */
export interface ListedTrip extends TripCursor {
  readonly summary: TripSummary;
}

/** Newest start first; then by vehicle and id, both descending. */
export function byNewest(a: TripCursor, b: TripCursor): number {
  return b.from - a.from || compareText(b.vehicle, a.vehicle) || compareText(b.trip_id, a.trip_id);
}

/** The first `limit` of listed trips that come in order, of which there may be one more. */
export function toPage(listed: readonly ListedTrip[], limit: number): TripPage {
  const page = listed.slice(0, limit);
  const last = page.at(-1);
  return {
    trips: page.map((trip) => trip.summary),
    next: listed.length > limit && last ? { from: last.from, vehicle: last.vehicle, trip_id: last.trip_id } : undefined,
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
