/** Which trips of one server are on another one. */
import { isDeepStrictEqual } from 'node:util';
import type { TripSummary } from '../../ports.ts';

/** A trip, and what of it the other server has. */
export interface ComparedTrip {
  readonly trip: TripSummary;
  /**
   * `same`: all that both say of it is equal. `within`: a trip that is larger has it, as where devices went on writing
   * to the other server. `missing`: not all of its events are there.
   */
  readonly state: 'same' | 'within' | 'missing';
  /** Events of it that are there, as far as it can be told. */
  readonly there: number;
}

/** Compares the trips of a vehicle, each with what the other server has. */
export function compareTrips(trips: readonly TripSummary[], others: readonly TripSummary[]): ComparedTrip[] {
  const byId = new Map(others.map((other) => [other.trip_id, other]));
  return trips.map((trip) => {
    const other = byId.get(trip.trip_id) ?? others.find((one) => isWithin(trip, one));
    if (other === undefined) return { trip, state: 'missing', there: 0 };
    if (isSame(trip, other)) return { trip, state: 'same', there: trip.event_count };
    const there = Math.min(trip.event_count, other.event_count);
    return { trip, state: isWithin(trip, other) ? 'within' : 'missing', there };
  });
}

/** Names are moved by themselves; a vehicle may have another name there, and its trips other ids. */
function isSame(a: TripSummary, b: TripSummary): boolean {
  const contentOf = ({ trip_id: _id, vehicle: _vehicle, name: _name, note: _note, ...content }: TripSummary) => content;
  return isDeepStrictEqual(contentOf(a), contentOf(b));
}

function isWithin(trip: TripSummary, other: TripSummary): boolean {
  return (
    Date.parse(other.started_at) <= Date.parse(trip.started_at) &&
    Date.parse(other.ended_at) >= Date.parse(trip.ended_at) &&
    other.event_count >= trip.event_count
  );
}
