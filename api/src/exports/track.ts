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

/** What a track is drawn from; the rest of a row goes with its position. */
export const TRACK_FIELDS: readonly string[] = ['lat', 'lon', 'altitude_m'];

/** The rows of each page that have a position. */
export async function* placedRows(rows: ExportedTrip['rows']): AsyncGenerator<readonly EventRow[]> {
  for await (const page of rows)
    yield page.filter(({ values: { lat, lon } }) => lat !== undefined && lon !== undefined);
}

/** How many rows there are. */
export async function countOf(rows: ExportedTrip['rows']): Promise<number> {
  let count = 0;
  for await (const page of rows) count += page.length;
  return count;
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
