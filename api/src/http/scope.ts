/** Whose data a reader may see. */
import { UUID, VEHICLE_ID } from '@fleet/contract';
import { coversVehicle, type Principal } from '../access/principal.ts';
import { ProblemError } from '../ingest/problem-error.ts';
import type { Trip, TripSummary } from '../ports.ts';
import type { Services } from '../services.ts';
import { ambiguous } from '../uploads/uploads.ts';
import { type Exchange, malformed, refused, single } from './route.ts';

/** The one names of the vehicles that somebody may read, undefined for all. */
export function readableVehicles(
  { directory }: Services,
  { role, vehicles }: Principal,
): readonly string[] | undefined {
  if (role === 'admin' || vehicles === '*') return undefined;
  return [...new Set(vehicles.map((name) => directory.resolve(name)))];
}

/** The vehicle that a request names, by its one name, if whoever asks may read it. */
export function readableVehicle(services: Services, principal: Principal, name: string): string {
  if (!VEHICLE_ID.test(name)) throw malformed('a vehicle is 1 to 64 of A-Z, a-z, 0-9, _ and -');
  const vehicle = services.directory.resolve(name);
  if (!coversVehicle(principal, vehicle, (other) => services.directory.resolve(other))) {
    throw refused('vehicle-not-allowed', `this key may not read ${name}`);
  }
  return vehicle;
}

/** The vehicles that a list is about: the one in `?vehicle`, else all that may be read. */
export function listedVehicles(services: Services, { principal, query }: Exchange): readonly string[] | undefined {
  const name = single(query, 'vehicle');
  return name === undefined ? readableVehicles(services, principal) : [readableVehicle(services, principal, name)];
}

/** Refuses links to a single trip what is about more than that. */
export function requireVehicles({ trip }: Principal): void {
  if (trip !== null) throw refused('forbidden', 'this link shows a single trip');
}

/** A trip that was asked for. */
export interface FoundTrip {
  readonly vehicle: string;
  readonly trip: Trip;
  readonly summary: TripSummary;
}

/**
 * The trip in the path; an id that leads to another one now is answered with a redirect, and undefined. `rest` is what
 * follows the id in the path.
 */
export async function findTrip(services: Services, exchange: Exchange, rest: string): Promise<FoundTrip | undefined> {
  const tripId = (exchange.params['trip_id'] ?? '').toLowerCase();
  if (!UUID.test(tripId)) throw malformed('the trip id in the path must be a UUID');
  const found = await services.store.trip(tripId, listedVehicles(services, exchange));
  switch (found.kind) {
    case 'none':
      throw refused('trip-not-found', `no trip ${tripId}`);
    case 'ambiguous':
      throw new ProblemError(ambiguous(tripId, found.vehicles));
    case 'moved':
      await requireTrip(services, exchange.principal, found.trip_id);
      redirect(exchange, `/v1/trips/${found.trip_id}${rest}`);
      return undefined;
    case 'found':
      await requireTrip(services, exchange.principal, tripId);
      return found;
  }
}

/** Refuses a link to a single trip every other one. */
async function requireTrip({ store }: Services, { trip }: Principal, tripId: string): Promise<void> {
  if (trip === null) return;
  const shared = await store.trip(trip.trip_id, [trip.vehicle]);
  const sharedId = shared.kind === 'moved' || shared.kind === 'found' ? idOf(shared) : undefined;
  if (sharedId !== tripId) throw refused('forbidden', 'this link shows another trip');
}

function idOf(found: { kind: 'moved'; trip_id: string } | ({ kind: 'found' } & FoundTrip)): string {
  return found.kind === 'moved' ? found.trip_id : found.summary.trip_id;
}

function redirect({ res, query }: Exchange, path: string): void {
  const search = query.toString();
  res.writeHead(308, { location: search === '' ? path : `${path}?${search}`, 'content-length': 0 }).end();
}
