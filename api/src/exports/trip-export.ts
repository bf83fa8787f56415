/** All file formats for a trip's events. */
import { CSV_EXPORT } from './csv-export.ts';
import type { TripExport } from './format.ts';
import { GEOJSON_EXPORT } from './geojson-export.ts';
import { GPX_EXPORT } from './gpx-export.ts';
import { IMPORT_EXPORT } from './import-export.ts';
import { JSON_EXPORT, NDJSON_EXPORT } from './json-exports.ts';

export type { ExportedTrip, TripExport } from './format.ts';

/** In the order in which they are preferred where a client has no preference. */
export const TRIP_EXPORTS: readonly TripExport[] = [
  JSON_EXPORT,
  NDJSON_EXPORT,
  CSV_EXPORT,
  GPX_EXPORT,
  GEOJSON_EXPORT,
  IMPORT_EXPORT,
];
