/** The newest of everything that a vehicle's trips tell. */
import type { LatestState } from '../ports.ts';
import type { Reading, TripTotals } from './totals.ts';
import type { Trip } from './trip.ts';

/** Undefined where there is no trip. */
export function latestOf(
  vehicle: string,
  trips: readonly (Trip & { readonly totals: TripTotals })[],
): LatestState | undefined {
  const byEnd = trips.toSorted((a, b) => a.to - b.to || a.from - b.from || (a.id < b.id ? -1 : 1));
  const last = byEnd.at(-1);
  if (last === undefined) return undefined;
  const values: Record<string, Reading> = {};
  for (const { totals } of byEnd) {
    for (const [name, reading] of Object.entries(totals.latest)) {
      if (reading[0] >= (values[name]?.[0] ?? 0)) values[name] = reading;
    }
  }
  const dtcs = byEnd.map(({ totals }) => totals.dtcs).findLast((codes) => codes !== null) ?? null;
  return { vehicle, trip_id: last.id, last_ts: last.to, values, dtcs };
}
