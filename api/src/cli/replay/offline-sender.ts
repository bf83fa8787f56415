/** Sends drives as a device does that was offline: each trip as a whole, in chunks, then its manifest. */
import { derivedTripTime } from '../../trips/trip-id.ts';
import { type DriveLine, driveLines, type RecordedEvent } from './drive-lines.ts';
import type { SenderParts } from './live-sender.ts';
import { retell, uuidOf } from './retell.ts';
import { TripUpload } from './trip-upload.ts';

const NO_EVENT = { slug: 'malformed-body', detail: 'the line is no event with a vehicle and a time' };

/** Uploads files, one after the other. Throws `CommandError` when a request is refused. */
export async function sendOffline(files: readonly string[], parts: SenderParts): Promise<void> {
  for (const file of files) await sendFile(file, parts);
}

/** A file holds one trip, unless its events say that it holds several, or several vehicles'. */
async function sendFile(file: string, parts: SenderParts): Promise<void> {
  const uploads = new Map<string, TripUpload>();
  for await (const line of driveLines(file)) {
    const event = retell(line, parts.retelling);
    const vehicle = event?.['vin'] ?? event?.['vehicle_id'];
    if (event === null || line.ts === null || typeof vehicle !== 'string') {
      parts.tally.reject(line.place, NO_EVENT);
      continue;
    }
    const trip = ownTrip(event, vehicle);
    const key = `${vehicle} ${trip ?? ''}`;
    const upload = uploads.get(key) ?? new TripUpload(tripOf(event, line, vehicle, trip), parts);
    uploads.set(key, upload);
    await upload.add(event, line.place);
  }
  for (const upload of uploads.values()) await upload.complete();
}

/** The trip id that a device gave the event; one that a server made says nothing. */
function ownTrip({ trip_id }: RecordedEvent, vehicle: string): string | undefined {
  const isOwn = typeof trip_id === 'string' && derivedTripTime(trip_id.toLowerCase(), vehicle) === undefined;
  return isOwn ? trip_id.toLowerCase() : undefined;
}

function tripOf(event: RecordedEvent, { place }: DriveLine, vehicle: string, trip: string | undefined) {
  const { vin, vehicle_id, ts } = event;
  const started_at = `${ts}`;
  const name = vin === undefined ? { vehicle_id } : { vin };
  return { name, trip_id: trip ?? uuidOf(vehicle, started_at), started_at, place };
}
