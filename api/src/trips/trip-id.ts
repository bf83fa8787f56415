/**
 * The id of a trip that the server made: a UUIDv8 of the trip's start and its vehicle, so that nobody has to keep it.
 * It leads back to a time of the vehicle, and by it to whatever trip contains that time now.
 * @see RFC 9562 §5.8; docs/adr/0003-trips-of-loose-events-are-derived.md
 */
import { createHash } from 'node:crypto';

const VERSION = '8';

/** 48 bits of time, then version, variant and 74 bits of a hash of the vehicle. */
export function derivedTripId(vehicle: string, startMs: number): string {
  const time = startMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${vehicleMark(vehicle)}`;
}

/** The time in an id that `derivedTripId` made for this vehicle, else undefined: then it is a device's own. */
export function derivedTripTime(tripId: string, vehicle: string): number | undefined {
  if (tripId[14] !== VERSION || tripId.slice(13) !== vehicleMark(vehicle)) return undefined;
  return Number.parseInt(tripId.slice(0, 8) + tripId.slice(9, 13), 16);
}

/** The part of a derived id that is the same for every trip of a vehicle, for finding the vehicle of an id. */
export function vehicleMarkOf(tripId: string): string {
  return tripId.slice(13);
}

const marks = new Map<string, string>();
const MOST_MARKS = 10_000;

/** `-8xxx-yxxx-xxxxxxxxxxxx`: everything behind the time. */
export function vehicleMark(vehicle: string): string {
  let mark = marks.get(vehicle);
  if (mark === undefined) {
    const hash = createHash('sha256').update(vehicle).digest('hex');
    const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
    mark = `-${VERSION}${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
    if (marks.size >= MOST_MARKS) marks.clear();
    marks.set(vehicle, mark);
  }
  return mark;
}
