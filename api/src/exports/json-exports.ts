/** A trip's events as JSON: one document (RFC 8259), or one event a line. */
import { formatTimestamp } from '@fleet/contract';
import type { EventRow } from '../ports.ts';
import type { ExportedTrip, TripExport } from './format.ts';

export const JSON_EXPORT: TripExport = {
  suffix: 'json',
  mediaType: 'application/json',
  showsDrive: false,
  write: writeJson,
};

export const NDJSON_EXPORT: TripExport = {
  suffix: 'ndjson',
  mediaType: 'application/x-ndjson',
  showsDrive: false,
  write: writeLines,
};

async function* writeJson({ summary, fields, rows }: ExportedTrip): AsyncGenerator<string> {
  const { trip_id, vehicle } = summary;
  let text = `${JSON.stringify({ trip_id, vehicle }).slice(0, -1)},"events":[`;
  let separator = '';
  for await (const page of rows) {
    if (page.length === 0) continue;
    // A page at once: calls for each event would cost twice as much.
    yield text + separator + JSON.stringify(page.map((row) => toWire(row, fields))).slice(1, -1);
    text = '';
    separator = ',';
  }
  yield `${text}]}`;
}

async function* writeLines({ fields, rows }: ExportedTrip): AsyncGenerator<string> {
  for await (const page of rows) yield page.map((row) => `${JSON.stringify(toWire(row, fields))}\n`).join('');
}

/** An event as an object of JSON. What it does not have is left out. */
function toWire({ ts, seq, source, values, dtcs }: EventRow, fields: readonly string[]): object {
  const event: Record<string, unknown> = { ts: formatTimestamp(ts), seq, source };
  // A custom signal may be named like what every object inherits: constructor.
  for (const name of fields) if (Object.hasOwn(values, name)) event[name] = values[name];
  if (dtcs !== undefined) event['dtcs'] = dtcs;
  return event;
}
