/** Fewer rows of a trip, page by page. */
import type { EventRow } from '../ports.ts';
import { createReducer } from '../trips/reduce.ts';

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
