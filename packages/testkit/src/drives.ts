/** The recorded drives of `examples/drives`, and what the logger itself says of each. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { TelemetryEvent } from '@fleet/contract';

/** One drive as the logger knows it. */
export interface DriveTruth {
  readonly drive: number;
  readonly started_at: string;
  readonly ended_at: string;
  readonly event_count: number;
  /** Over recorded seconds only: comparable with the distance that is not over gaps. */
  readonly logger_distance_km: number;
  readonly max_speed_kph: number;
}

/** A recorded drive, its events in order of time and without trip ids. */
export interface Drive {
  readonly truth: DriveTruth;
  readonly events: readonly TelemetryEvent[];
}

/** The folder of the drives, with a slash at its end. */
export const DRIVES_FOLDER = fileURLToPath(new URL('../../../examples/drives/', import.meta.url));

/** All recorded drives, the oldest first. */
export function readDrives(): Drive[] {
  const truths = JSON.parse(readFileSync(`${DRIVES_FOLDER}truth.json`, 'utf8')) as DriveTruth[];
  const files = readdirSync(DRIVES_FOLDER)
    .filter((name) => name.endsWith('.ndjson.gz'))
    .sort();
  return truths.map((truth, index) => ({ truth, events: readEvents(`${DRIVES_FOLDER}${files[index]}`) }));
}

/** The events of a gzipped NDJSON file. */
export function readEvents(file: string): TelemetryEvent[] {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TelemetryEvent);
}
