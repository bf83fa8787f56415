/** A trip's rows with each signal from the source that has it best. */
import type { EventRow } from '../ports.ts';
import { type Leads, leadingValues } from '../trips/leads.ts';

/** The rows, from the trip's first on, without what another source has better; rows of which nothing is left go. */
export async function* leadingRows(rows: AsyncIterable<readonly EventRow[]>): AsyncGenerator<readonly EventRow[]> {
  const leads: Leads = {};
  for await (const page of rows) yield page.flatMap((row) => leadingRow(leads, row));
}

function leadingRow(leads: Leads, row: EventRow): readonly EventRow[] {
  const values = leadingValues(leads, row);
  if (values === row.values) return [row];
  return Object.keys(values).length > 0 || row.dtcs !== undefined ? [{ ...row, values }] : [];
}
