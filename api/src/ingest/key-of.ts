/**
 * Fourth stage: the event's key. It follows from the event alone and never changes, so that a retry finds itself
 * whatever happened between, and any number of replicas agree without asking each other.
 * @see docs/adr/0002-the-key-of-an-event.md
 */
import { derivedTripTime } from '../trips/trip-id.ts';
import type { TimedEvent } from './check-clock.ts';
import type { Measured } from './measured.ts';

/** An event as stores take it: `(vehicle, container, seq)` identifies it. */
export interface KeyedEvent {
  readonly vehicle: string;
  /** The device's trip, or null for a loose event. */
  readonly trip: string | null;
  /** The trip's id, or for a loose event the UTC day as `day-2025-11-04`. */
  readonly container: string;
  /** The device's seq; without one the time in milliseconds. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly ts: number;
  readonly measured: Measured;
  readonly dtcs: readonly string[] | undefined;
  /** The name of the key it came with. */
  readonly source: string;
}

/**
 * The event with its key. A trip id that the server itself once made (for loose events) counts as none; `namesOf` gives all
 * names of the vehicle, for recognising it.
 */
export function keyOf(
  event: TimedEvent,
  { namesOf, source }: { namesOf(vehicle: string): readonly string[]; readonly source: string },
): KeyedEvent {
  const { vehicle, ts, measured, dtcs, trip_id } = event;
  const trip = trip_id === undefined || namesOf(vehicle).some((name) => isDerived(trip_id, name)) ? null : trip_id;
  return trip === null
    ? { vehicle, trip, container: dayOf(ts), seq: ts, ts, measured, dtcs, source }
    : { vehicle, trip, container: trip, seq: event.seq ?? ts, ts, measured, dtcs, source };
}

function isDerived(tripId: string, vehicle: string): boolean {
  return derivedTripTime(tripId, vehicle) !== undefined;
}

const MS_PER_DAY = 86_400_000;
const days = new Map<number, string>();
const MOST_DAYS = 1_000;

/** The container of loose events: their UTC day. */
export function dayOf(ts: number): string {
  const day = Math.floor(ts / MS_PER_DAY);
  let name = days.get(day);
  if (name === undefined) {
    name = `day-${new Date(day * MS_PER_DAY).toISOString().slice(0, 10)}`;
    if (days.size >= MOST_DAYS) days.clear();
    days.set(day, name);
  }
  return name;
}
