/** A trip's events as a table: a line of names, then one line an event. */
import { formatTimestamp } from '@fleet/contract';
import type { EventRow } from '../ports.ts';
import { csvRecord, inert } from './csv.ts';
import type { ExportedTrip, TripExport } from './format.ts';

export const CSV_EXPORT: TripExport = { suffix: 'csv', mediaType: 'text/csv; charset=utf-8', showsDrive: false, write };

async function* write({ fields, rows }: ExportedTrip): AsyncGenerator<string> {
  let text = csvRecord(['ts', 'seq', 'source', ...fields, 'dtcs']);
  for await (const page of rows) {
    yield text + page.map((row) => csvRecord(cellsOf(row, fields))).join('');
    text = '';
  }
  if (text !== '') yield text;
}

function cellsOf({ ts, seq, source, values, dtcs }: EventRow, fields: readonly string[]): string[] {
  const numbers = fields.map((name) => (Object.hasOwn(values, name) ? String(values[name]) : ''));
  return [formatTimestamp(ts), String(seq), inert(source), ...numbers, dtcs?.join(' ') ?? ''];
}
