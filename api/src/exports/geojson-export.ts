/**
 * A trip's track as one GeoJSON Feature (RFC 7946). When each position was is not the geometry's to say: `times` among
 * the properties runs parallel to the coordinates. They come last, so that only the times wait in memory, as numbers.
 */
import { formatTimestamp } from '@fleet/contract';
import type { TripSummary } from '../ports.ts';
import type { ExportedTrip, TripExport } from './format.ts';
import { type TrackPoint, trackOf } from './track.ts';

export const GEOJSON_EXPORT: TripExport = {
  suffix: 'geojson',
  mediaType: 'application/geo+json',
  showsDrive: true,
  write,
};

/** Times in a piece of the document. */
const TIMES_AT_ONCE = 2_000;

async function* write(exported: ExportedTrip): AsyncGenerator<string> {
  const geometry = new MultiLineString();
  let text = '{"type":"Feature","geometry":';
  for await (const points of trackOf(exported)) {
    yield text + points.map((point) => geometry.add(point)).join('');
    text = '';
  }
  yield `${text}${geometry.end()},"properties":${propertiesOf(exported.summary).slice(0, -1)},"times":[`;
  for (const [index, line] of geometry.times.entries()) {
    if (index > 0) yield ',';
    yield* timesText(line);
  }
  yield ']}}';
}

/** The geometry as it is written position by position; null when there was none. */
class MultiLineString {
  /** The times of each line's positions, milliseconds since 1970. */
  readonly times: number[][] = [];
  #last = '';

  add({ row, lat, lon, starts }: TrackPoint): string {
    const before = starts ? this.#startLine() : ',';
    const altitude = row.values['altitude_m'];
    this.#last = JSON.stringify(altitude === undefined ? [lon, lat] : [lon, lat, altitude]);
    this.times.at(-1)?.push(row.ts);
    return before + this.#last;
  }

  end(): string {
    return this.times.length === 0 ? 'null' : `${this.#endLine()}]}`;
  }

  #startLine(): string {
    const before = this.times.length === 0 ? '{"type":"MultiLineString","coordinates":[' : `${this.#endLine()},`;
    this.times.push([]);
    return `${before}[`;
  }

  /** A line needs two positions (RFC 7946 §3.1.4): a lone one is written again. */
  #endLine(): string {
    const line = this.times.at(-1);
    const [first] = line ?? [];
    if (line?.length !== 1 || first === undefined) return ']';
    line.push(first);
    return `,${this.#last}]`;
  }
}

function propertiesOf({ trip_id, vehicle, name, started_at, ended_at, distance_km }: TripSummary): string {
  return JSON.stringify({ trip_id, vehicle, name, started_at, ended_at, distance_km });
}

function* timesText(line: readonly number[]): Generator<string> {
  for (let at = 0; at < line.length; at += TIMES_AT_ONCE) {
    const times = line.slice(at, at + TIMES_AT_ONCE).map((time) => `"${formatTimestamp(time)}"`);
    const end = at + TIMES_AT_ONCE < line.length ? '' : ']';
    yield `${at === 0 ? '[' : ','}${times.join(',')}${end}`;
  }
}
