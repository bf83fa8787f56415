/** A trip's events as lines that are complete in themselves: what `POST /v1/import` of another server takes. */
import { formatTimestamp } from '@fleet/contract';
import type { EventRow } from '../ports.ts';
import type { ExportedTrip, TripExport } from './format.ts';

export const IMPORT_EXPORT: TripExport = {
  suffix: 'import',
  mediaType: 'application/vnd.fleet.import+ndjson',
  showsDrive: false,
  write,
};

async function* write({ summary, rows }: ExportedTrip): AsyncGenerator<string> {
  for await (const page of rows) yield page.map((row) => `${JSON.stringify(lineOf(summary.vehicle, row))}\n`).join('');
}

/** The event with what its key is made of: a trip id and a seq only where the device gave them. */
function lineOf(vehicle_id: string, { ts, trip, seq, source, values, dtcs }: EventRow) {
  return {
    vehicle_id,
    ts: formatTimestamp(ts),
    ...(trip !== null && { trip_id: trip }),
    ...(trip !== null && seq !== ts && { seq }),
    ...(source !== '' && { source }),
    ...values,
    ...(dtcs && { dtcs }),
  };
}
