/** Where a trip went: its rows that have a position, in segments. */

import type { EventRow } from '../ports.ts';
import type { ExportedTrip } from './format.ts';

/** A line between two positions further apart in time than this would be a guess. */
export const LONGEST_STEP_MS = 60_000;

export interface TrackPoint {
  readonly row: EventRow;
  readonly lat: number;
  readonly lon: number;
  /** Whether a segment begins here. It does at the first point of all. */
  readonly starts: boolean;
}

/** The points of each page that has any. */
export async function* trackOf({
  rows,
  longestStepMs = LONGEST_STEP_MS,
}: Pick<ExportedTrip, 'rows' | 'longestStepMs'>): AsyncGenerator<readonly TrackPoint[]> {
  let last = Number.NEGATIVE_INFINITY;
  for await (const page of rows) {
    const points: TrackPoint[] = [];
    for (const row of page) {
      const { lat, lon } = row.values;
      if (lat === undefined || lon === undefined) continue;
      points.push({ row, lat, lon, starts: row.ts - last > longestStepMs });
      last = row.ts;
    }
    if (points.length > 0) yield points;
  }
}
