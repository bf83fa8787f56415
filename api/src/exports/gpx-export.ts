/**
 * A trip's track as GPX 1.1, with speed and course in Garmin's track point extension, which has a place for them.
 * The order of elements is the schemas'.
 * @see http://www.topografix.com/GPX/1/1/gpx.xsd
 * @see https://www8.garmin.com/xmlschemas/TrackPointExtensionv2.xsd
 */
import { formatTimestamp, type SignalValues } from '@fleet/contract';
import type { TripSummary } from '../ports.ts';
import { speedOf } from '../trips/totals.ts';
import type { ExportedTrip, TripExport } from './format.ts';
import { type TrackPoint, trackOf } from './track.ts';
import { decimal, escapeXml } from './xml.ts';

export const GPX_EXPORT: TripExport = { suffix: 'gpx', mediaType: 'application/gpx+xml', showsDrive: true, write };

const START = `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Fleet Telemetry" xmlns="http://www.topografix.com/GPX/1/1" \
xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
`;
const END = '</trk>\n</gpx>\n';
const SEGMENT_START = '<trkseg>\n';
const SEGMENT_END = '</trkseg>\n';
const KPH_PER_METRE_PER_SECOND = 3.6;

async function* write(exported: ExportedTrip): AsyncGenerator<string> {
  let text = START + titleOf(exported.summary);
  let before = '';
  for await (const points of trackOf(exported)) {
    for (const point of points) {
      if (point.starts) text += before + SEGMENT_START;
      text += pointText(point);
      before = SEGMENT_END;
    }
    yield text;
    text = '';
  }
  yield text + before + END;
}

function titleOf({ name, vehicle, started_at }: TripSummary): string {
  const title = `<name>${escapeXml(name ?? `${started_at} ${vehicle}`)}</name>`;
  return `<metadata>${title}<time>${started_at}</time></metadata>\n<trk>${title}\n`;
}

function pointText({ row, lat, lon }: TrackPoint): string {
  const { altitude_m, gps_satellites, hdop } = row.values;
  const elements = [
    element('ele', altitude_m),
    `<time>${formatTimestamp(row.ts)}</time>`,
    element('sat', gps_satellites && Math.round(gps_satellites)),
    element('hdop', hdop),
    extensions(row.values),
  ];
  // The schema has no 180° east: it is 180° west.
  return `<trkpt lat="${decimal(lat)}" lon="${decimal(lon === 180 ? -180 : lon)}">${elements.join('')}</trkpt>\n`;
}

function extensions(values: SignalValues): string {
  const kph = speedOf(values);
  const metresPerSecond = kph && Math.round((kph / KPH_PER_METRE_PER_SECOND) * 1_000) / 1_000;
  const heading = values['heading_deg'];
  // North is 0°: the schema has no 360°.
  const inner = element('gpxtpx:speed', metresPerSecond) + element('gpxtpx:course', heading && heading % 360);
  return inner && `<extensions><gpxtpx:TrackPointExtension>${inner}</gpxtpx:TrackPointExtension></extensions>`;
}

function element(name: string, value: number | undefined): string {
  return value === undefined ? '' : `<${name}>${decimal(value)}</${name}>`;
}
