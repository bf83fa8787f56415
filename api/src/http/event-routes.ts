/** The events of a trip, in many formats, streamed. */
import { CUSTOM_SIGNAL_NAME } from '@fleet/contract';
import { chooseExport } from '../exports/choose-export.ts';
import { leadingRows } from '../exports/leading-rows.ts';
import { reducedTrip } from '../exports/reduced-rows.ts';
import { slicedRows } from '../exports/sliced-rows.ts';
import { countOf, placedRows, TRACK_FIELDS } from '../exports/track.ts';
import { type ExportedTrip, TRIP_EXPORTS, type TripExport } from '../exports/trip-export.ts';
import type { Services } from '../services.ts';
import { EVENTS_DOC } from './docs/read-docs.ts';
import { type Exchange, integerIn, malformed, type Route, refused, single } from './route.ts';
import { type FoundTrip, findTrip } from './scope.ts';
import { sendStream } from './send-stream.ts';

/** Bounds of `max_points`; 0 for all events. */
const POINTS = { min: 2, max: 1_000_000, default: 0 };

export function eventRoutes(services: Services): Route[] {
  const path = '/v1/trips/{trip_id}/events';
  const suffixes = [undefined, ...TRIP_EXPORTS.map(({ suffix }) => suffix)];
  return suffixes.map((suffix) => ({
    method: 'get',
    path: suffix === undefined ? path : `${path}.${suffix}`,
    access: 'read',
    handle: (exchange) => events(services, exchange, suffix),
    doc: EVENTS_DOC,
  }));
}

async function events(services: Services, exchange: Exchange, suffix: string | undefined): Promise<void> {
  const { req, res, query } = exchange;
  const format = chooseExport(suffix, req.headers.accept);
  if (format === undefined) {
    throw refused('not-acceptable', `choose one of ${TRIP_EXPORTS.map(({ mediaType }) => mediaType).join(', ')}`);
  }
  const maxPoints = integerIn(query, 'max_points', POINTS);
  const wanted = fieldsIn(single(query, 'fields'));
  const found = await findTrip(services, exchange, suffix === undefined ? '/events' : `/events.${suffix}`);
  if (found === undefined) return;
  const exported = await exportedTrip(services, found, format, wanted, maxPoints);
  const rows = slicedRows(exported.rows, exported.fields.length);
  await sendStream(res, format.mediaType, format.write({ ...exported, rows }));
}

/** What of a trip is sent. `maxPoints` are positions where a track is wanted. */
async function exportedTrip(
  { store }: Services,
  { vehicle, trip, summary }: FoundTrip,
  { showsDrive }: TripExport,
  wanted: readonly string[] | undefined,
  maxPoints: number,
): Promise<ExportedTrip> {
  const record = () => store.rows(vehicle, trip);
  // A curve is for looking at, and takes each signal from one source at a time; a record has all that there is.
  const curve = () => leadingRows(record());
  if (!showsDrive) {
    const whole = { summary, fields: wanted ?? summary.signals, rows: maxPoints > 0 ? curve() : record() };
    return maxPoints > 0 ? reducedTrip(whole, summary.event_count, maxPoints) : whole;
  }
  const track = () => placedRows(curve());
  const whole = { summary, fields: wanted ?? TRACK_FIELDS, rows: track() };
  return maxPoints > 0 ? reducedTrip(whole, await countOf(track()), maxPoints) : whole;
}

function fieldsIn(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const fields = [...new Set(text.split(','))];
  const wrong = fields.find((name) => !CUSTOM_SIGNAL_NAME.test(name));
  if (wrong !== undefined) throw malformed(`fields has ${wrong}, which is no name of a signal`);
  return fields;
}
