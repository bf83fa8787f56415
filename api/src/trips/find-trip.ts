/** Which trip an id means: ids outlive the trips that they once named. */
import { contains } from './span.ts';
import type { Place, Trip } from './trip.ts';
import { holds } from './trip.ts';
import { derivedTripTime } from './trip-id.ts';

/**
 * The trip of a vehicle that an id leads to: the one that has it, else the one that took in the device's trip of that
 * id, else, for an id that the server made, the one that contains its time, those of loose events first.
 */
export function findTrip<T extends Trip>(trips: readonly T[], tripId: string, names: readonly string[]): T | undefined {
  const own = trips.find((trip) => trip.id === tripId);
  if (own !== undefined) return own;
  const taker = trips.find((trip) => trip.parts.some((part) => part.trip === tripId));
  if (taker !== undefined) return taker;
  const ts = names.map((name) => derivedTripTime(tripId, name)).find((time) => time !== undefined);
  return ts === undefined ? undefined : tripAt(trips, { trip: null, ts });
}

/** The trip that holds a place, else one that contains its time. */
export function tripAt<T extends Trip>(trips: readonly T[], place: Place): T | undefined {
  return trips.find((trip) => holds(trip.parts, place)) ?? trips.find((trip) => contains(trip, place.ts));
}
