/** The newest of everything that a vehicle's trips tell. */
import type { LatestState } from '../ports.ts';
import type { Reading, TripTotals } from './totals.ts';
import type { Trip } from './trip.ts';

/** Undefined where there is no trip. */
export function latestOf(
  vehicle: string,
  trips: readonly (Trip & { readonly totals: TripTotals })[],
): LatestState | undefined {
  const byEnd = trips.toSorted((a, b) => b.to - a.to || b.from - a.from || (a.id < b.id ? 1 : -1));
  const [last] = byEnd;
  if (last === undefined) return undefined;
  return { vehicle, trip_id: last.id, last_ts: last.to, ...newestOf(byEnd.map(({ totals }) => totals)) };
}

/** The newest of each signal and the newest trouble codes, given trips from the newest to the oldest. */
export function newestOf(totals: readonly TripTotals[]): Pick<LatestState, 'readings' | 'dtcs'> {
  const newest = new Map<string, Reading>();
  for (const { latest } of totals) {
    for (const signal in latest) {
      const reading = latest[signal] as Reading;
      if (reading[0] > (newest.get(signal)?.[0] ?? Number.NEGATIVE_INFINITY)) newest.set(signal, reading);
    }
  }
  return {
    readings: Array.from(newest, ([signal, [ts, value]]) => [signal, ts, value] as const),
    dtcs: totals.find(({ dtcs }) => dtcs !== null)?.dtcs ?? null,
  };
}
