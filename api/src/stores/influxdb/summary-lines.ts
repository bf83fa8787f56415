/**
 * Trips and vehicles as points of the meta bucket: `trip` for processes, with all that they need again; `listed` and
 * `vehicle` for dashboards and alerts, with a plain field for each thing, and without a tag that would make a series of
 * each trip: a year of trips is then read in milliseconds.
 * @see docs/adr/0013-dashboards-and-alerts-are-code.md
 */
import { isSignalName } from '@fleet/contract';
import { latestOf } from '../../trips/latest.ts';
import type { TripTotals } from '../../trips/totals.ts';
import { containerTags } from './event-line.ts';
import { jsonFields, key, nanoseconds, quoted } from './line-protocol.ts';
import type { MadeTrip, VehicleView } from './trip-maker.ts';

/** Another one when a trip's point has other fields, so that trips are saved again. */
const EDITION = 2;

/** Fields by name; null and undefined are left out, numbers are floats. */
type Fields = Readonly<Record<string, number | boolean | string | null | undefined>>;

/** The stamp that a trip would be saved with. */
export function stampOf({ basis, listed }: MadeTrip): string {
  const { trip_id, name, note } = listed.summary;
  return JSON.stringify([EDITION, basis, trip_id, name, note]);
}

/** A trip at its start, for processes and as it is listed. */
export function tripLines(trip: MadeTrip): string[] {
  const { listed, from, basis, parts, totals } = trip;
  const fields = [
    `gone=false,computed_at=${Date.now()}i,basis=${quoted(basis)},stamp=${quoted(stampOf(trip))}`,
    jsonFields('parts', parts),
    jsonFields('totals', totals),
    jsonFields('summary', listed.summary),
  ];
  const { vehicle, trip_id } = listed;
  return [
    `trip,${containerTags(vehicle, trip_id)} ${fields.join()} ${nanoseconds(from)}`,
    `listed,vin=${key(vehicle)} ${fieldsOf(listedFields(trip))} ${listedAt(trip_id, from)}`,
  ];
}

/** A trip that is none any more. */
export function goneLines(vehicle: string, tripId: string, from: number): string[] {
  return [
    `trip,${containerTags(vehicle, tripId)} gone=true ${nanoseconds(from)}`,
    `listed,vin=${key(vehicle)} live=0 ${listedAt(tripId, from)}`,
  ];
}

/** The start, and below the millisecond what tells two trips apart that began at once. */
function listedAt(tripId: string, from: number): string {
  return nanoseconds(from, Number.parseInt(tripId.slice(-5), 16) % 1_000_000);
}

/** A vehicle at a fixed time: when it was last heard of, its names, its newest trip, the newest of every signal. */
export function vehicleLine({ group: { vehicle, names }, trips }: VehicleView): string {
  const latest = latestOf(vehicle, trips);
  const last = trips.find(({ id }) => id === latest?.trip_id);
  if (latest === undefined || last === undefined) return goneVehicleLine(vehicle);
  const newest = latest.readings.filter(([signal]) => isSignalName(signal)).map(([signal, , value]) => [signal, value]);
  const fields = fieldsOf({
    gone: false,
    names: names.join('|'),
    dtcs: latest.dtcs?.join(' '),
    ...Object.fromEntries(newest),
  });
  const times = `last_ts=${latest.last_ts}i,trip_from=${last.from}i,trip_count=${trips.length}i`;
  return `vehicle,vin=${key(vehicle)} ${times},${fields} 0`;
}

/** A vehicle that there is no more, or under another name. */
export function goneVehicleLine(vehicle: string): string {
  return `vehicle,vin=${key(vehicle)} gone=true 0`;
}

/** All numbers are floats, so that one query reads them as one table. */
function listedFields({ listed, to, totals }: MadeTrip): Fields {
  const { summary } = listed;
  const { driving, counted } = totals;
  return {
    live: 1,
    end_ts: to,
    events: summary.event_count,
    duration_s: summary.duration_s,
    distance_km: summary.distance_km,
    distance_gap_km: summary.distance_gap_km,
    mean_speed_kph: summary.mean_speed_kph,
    max_speed_kph: summary.max_speed_kph,
    longest_gap_s: summary.longest_gap?.seconds ?? 0,
    missing_count: counted && missingOf(counted),
    braking_count: driving?.braking_count,
    acceleration_count: driving?.acceleration_count,
    idle_s: driving && driving.idle_ms / 1_000,
    fuel_l: driving?.fuel_l,
    ...Object.fromEntries(summary.sources.map(({ source, event_count }) => [`source:${source}`, event_count])),
  };
}

/** Seqs that devices counted and that never came; undefined where no device counts. */
function missingOf(counted: NonNullable<TripTotals['counted']>): number | undefined {
  const trips = Object.values(counted);
  return trips.length === 0
    ? undefined
    : trips.reduce((missing, [count, last]) => missing + Math.max(0, last - count), 0);
}

function fieldsOf(fields: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${key(name)}=${typeof value === 'string' ? quoted(value) : value}`)
    .join();
}
