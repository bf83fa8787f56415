/** Questions about vehicles and trips. */
import { CHECK_VEHICLE, CUSTOM_SIGNAL_NAME, formatTimestamp } from '@fleet/contract';
import { parseDuration } from '@fleet/env';
import { latestText } from '../live/latest-text.ts';
import type { HistoryPoint, SeqRange, TripCursor, TripSummary } from '../ports.ts';
import type { Services } from '../services.ts';
import { MS_PER_MINUTE } from '../trips/history.ts';
import { countOfRanges, missingRanges } from '../trips/seq-ranges.ts';
import { EVER } from '../trips/span.ts';
import { timeZoneAt } from '../trips/time-zone.ts';
import { sendJson, sendJsonText } from './answer.ts';
import { HISTORY_DOC, LATEST_DOC, TRIP_DOC, TRIPS_DOC, VEHICLES_DOC } from './docs/read-docs.ts';
import { bound, type Exchange, integerIn, malformed, type Route, refused, single, timeIn } from './route.ts';
import {
  type FoundTrip,
  findTrip,
  listedVehicles,
  readableVehicle,
  readableVehicles,
  requireVehicles,
} from './scope.ts';
import { inPortions, sendList } from './send-list.ts';

export function readRoutes(services: Services): Route[] {
  const to = bound(services);
  const vehicle = '/v1/vehicles/{vehicle}';
  return [
    { method: 'get', path: '/v1/vehicles', access: 'read', handle: to(vehicles), doc: VEHICLES_DOC },
    { method: 'get', path: `${vehicle}/latest`, access: 'read', handle: to(latest), doc: LATEST_DOC },
    { method: 'get', path: `${vehicle}/history`, access: 'read', handle: to(history), doc: HISTORY_DOC },
    { method: 'get', path: '/v1/trips', access: 'read', handle: to(trips), doc: TRIPS_DOC },
    { method: 'get', path: '/v1/trips/{trip_id}', access: 'read', handle: to(trip), doc: TRIP_DOC },
  ];
}

/** Trips on a page, and the most of them. */
const PAGE = { min: 1, max: 500, default: 50 };
/** Points of a history. */
const MOST_POINTS = 50_000;
/** Points, vehicles, and ranges of seqs that are written at once. */
const PORTION = 2_000;

async function vehicles(services: Services, { res, principal }: Exchange): Promise<void> {
  requireVehicles(principal);
  const own = readableVehicles(services, principal);
  const readable = own && new Set(own);
  const active = new Map((await services.store.vehicles()).map(({ vehicle, last_ts }) => [vehicle, last_ts]));
  const known = [...new Set([...active.keys(), ...services.directory.vehicles.keys()])].sort();
  const list = known.filter(
    (vehicle) => vehicle !== CHECK_VEHICLE && (readable === undefined || readable.has(vehicle)),
  );
  const toWire = (vehicle: string) => {
    const record = services.directory.vehicles.get(vehicle);
    const last = active.get(vehicle);
    const last_ts = last === undefined ? null : formatTimestamp(last);
    return { vehicle, name: record?.name ?? null, aliases: record?.aliases ?? [], last_ts };
  };
  await sendList(res, { name: 'vehicles', portions: inPortions(list, PORTION, toWire) });
}

async function latest(services: Services, exchange: Exchange): Promise<void> {
  const vehicle = vehicleIn(services, exchange);
  const [state] = await services.store.latest([vehicle]);
  if (state === undefined) throw refused('vehicle-not-found', `nothing is known of ${vehicle}`);
  sendJsonText(exchange.res, await latestText(state, services.directory));
}

async function history(services: Services, exchange: Exchange): Promise<void> {
  const { query, res } = exchange;
  const vehicle = vehicleIn(services, exchange);
  const signal = single(query, 'signal') ?? '';
  if (!CUSTOM_SIGNAL_NAME.test(signal)) throw malformed('signal must be the name of a signal');
  const to = timeIn(query, 'to', services.now());
  const from = timeIn(query, 'from', to - 86_400_000);
  const stepMs = parseDuration(single(query, 'step') ?? '1m') ?? Number.NaN;
  if (!(stepMs >= MS_PER_MINUTE && stepMs % MS_PER_MINUTE === 0))
    throw malformed('step must be whole minutes, as in 1m, 15m or 1d');
  if ((to - from) / stepMs > MOST_POINTS) throw malformed(`more than ${MOST_POINTS} points: take a longer step`);
  const points = await services.store.history(vehicle, signal, { from, to }, stepMs);
  const toWire = ({ ts, ...point }: HistoryPoint) => ({ ts: formatTimestamp(ts), ...point });
  const before = { vehicle, signal, step_s: stepMs / 1_000 };
  await sendList(res, { before, name: 'points', portions: inPortions(points, PORTION, toWire) });
}

async function trips(services: Services, exchange: Exchange): Promise<void> {
  const { query, res, principal } = exchange;
  requireVehicles(principal);
  const span = { from: timeIn(query, 'from', EVER.from), to: timeIn(query, 'to', EVER.to) };
  const limit = integerIn(query, 'limit', PAGE);
  const after = cursorIn(single(query, 'cursor'));
  const page = await services.store.trips({ vehicles: listedVehicles(services, exchange), span, limit, after });
  sendJson(res, 200, {
    trips: page.trips.map(withTimeZone),
    next_cursor: page.next === undefined ? null : cursorToWire(page.next),
  });
}

async function trip(services: Services, exchange: Exchange): Promise<void> {
  const found = await findTrip(services, exchange, '');
  if (found === undefined) return;
  const stored = await storedSeqs(services, found);
  const summary = withTimeZone(found.summary);
  if (stored === null) return sendJson(exchange.res, 200, { ...summary, missing_seqs: null, missing_count: null });
  await sendList(exchange.res, {
    before: summary,
    name: 'missing_seqs',
    portions: missingIn(stored),
    after: () => ({
      missing_count: stored.reduce((sum, seqs) => sum + (seqs.at(-1)?.[1] ?? 0) - countOfRanges(seqs), 0),
    }),
  });
}

/** People read a drive by the clock of the place where it began. */
function withTimeZone(summary: TripSummary) {
  const { first_position: place } = summary;
  return { ...summary, time_zone: place && timeZoneAt(place.lat, place.lon) };
}

/** The seqs that are stored of each trip that devices made; null where none did. */
async function storedSeqs(
  { store }: Services,
  { vehicle, trip: { parts } }: FoundTrip,
): Promise<readonly (readonly SeqRange[])[] | null> {
  const made = [...new Set(parts.map((part) => part.trip))].filter((tripId) => tripId !== null);
  if (made.length === 0) return null;
  return Promise.all(made.map((tripId) => store.seqs(vehicle, tripId)));
}

/** What is missing of the seqs that devices counted, in portions: of each trip from 1 to the last that is stored. */
function* missingIn(stored: readonly (readonly SeqRange[])[]): Generator<readonly SeqRange[]> {
  for (const seqs of stored) {
    for (let at = 0, from = 1; at < seqs.length; at += PORTION) {
      const some = seqs.slice(at, at + PORTION);
      const [, last] = some.at(-1) as SeqRange;
      yield missingRanges([[from, last]], some);
      from = last + 1;
    }
  }
}

function vehicleIn(services: Services, { principal, params }: Exchange): string {
  requireVehicles(principal);
  return readableVehicle(services, principal, params['vehicle'] ?? '');
}

function cursorToWire({ from, vehicle, trip_id }: TripCursor): string {
  return Buffer.from(JSON.stringify([from, vehicle, trip_id])).toString('base64url');
}

function cursorIn(text: string | undefined): TripCursor | undefined {
  if (text === undefined) return undefined;
  const [from, vehicle, trip_id] = parsedCursor(text);
  if (typeof from !== 'number' || typeof vehicle !== 'string' || typeof trip_id !== 'string') {
    throw malformed('cursor must be the next_cursor of a page');
  }
  return { from, vehicle, trip_id };
}

function parsedCursor(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
