/** Rows in portions that are written in a moment: a page of thousands of rows may have thousands of columns. */
import type { EventRow } from '../ports.ts';

/** Values that are written at once: some milliseconds of work. */
const VALUES_AT_ONCE = 20_000;
/** Beside its signals a row has its time, seq, source and trouble codes. */
const OWN_COLUMNS = 4;

/** The same rows, no more at a time than have `VALUES_AT_ONCE` values where each has so many signals. */
export async function* slicedRows(
  rows: AsyncIterable<readonly EventRow[]>,
  signals: number,
): AsyncGenerator<readonly EventRow[]> {
  const most = Math.ceil(VALUES_AT_ONCE / (signals + OWN_COLUMNS));
  for await (const page of rows) {
    for (let at = 0; at < page.length; at += most) yield page.slice(at, at + most);
  }
}
