/** Fewer rows of a trip, page by page. */
import type { EventRow } from '../ports.ts';
import { bucketCount, createReducer } from '../trips/reduce.ts';
import type { ExportedTrip } from './format.ts';
import { LONGEST_STEP_MS } from './track.ts';

/** At most `maxPoints` of `count` rows, those that show the extremes of these signals. */
export async function* reducedRows(
  rows: AsyncIterable<readonly EventRow[]>,
  count: number,
  maxPoints: number,
  fields: readonly string[],
): AsyncGenerator<readonly EventRow[]> {
  const reducer = createReducer(count, maxPoints, fields);
  for await (const page of rows) {
    const kept = page.flatMap((row) => reducer.add(row));
    if (kept.length > 0) yield kept;
  }
  const last = reducer.end();
  if (last.length > 0) yield last;
}

/**
 * A trip with at most `maxPoints` of its `count` rows. Neighbours among these may be two buckets of the reducer apart: a track
 * has a line between them all the same.
 */
export function reducedTrip(trip: ExportedTrip, count: number, maxPoints: number): ExportedTrip {
  const { summary, fields, rows } = trip;
  if (count <= maxPoints) return trip;
  const twoBucketsMs = (2 * summary.duration_s * 1_000) / bucketCount(maxPoints, fields);
  return {
    ...trip,
    rows: reducedRows(rows, count, maxPoints, fields),
    longestStepMs: Math.max(LONGEST_STEP_MS, twoBucketsMs),
  };
}
