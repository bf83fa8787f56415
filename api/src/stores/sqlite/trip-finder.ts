/** Where an id of a trip leads to: the trip itself, the one that holds its events now, or several vehicles. */
import type { TripLookup } from '../../ports.ts';
import { findTrip } from '../../trips/find-trip.ts';
import { EVER, type Span } from '../../trips/span.ts';
import type { TripSummary } from '../../trips/summary.ts';
import type { Part, Trip } from '../../trips/trip.ts';
import { derivedTripTime, vehicleMark, vehicleMarkOf } from '../../trips/trip-id.ts';
import type { Database } from './open-database.ts';
import type { TripRow } from './protocol.ts';
import { TRIPS_IN } from './trip-tables.ts';
import type { VehicleGroups } from './vehicle-groups.ts';
import type { VehicleIds } from './vehicle-ids.ts';

interface FoundTrip extends Trip {
  readonly summary: string;
}

export class TripFinder {
  readonly #groups: VehicleGroups;
  readonly #ids: VehicleIds;
  readonly #sql;

  constructor(db: Database, groups: VehicleGroups, ids: VehicleIds) {
    this.#groups = groups;
    this.#ids = ids;
    this.#sql = {
      allVehicles: db.prepare('SELECT vehicle FROM vehicles').pluck(),
      tripById: db.prepare('SELECT * FROM trips WHERE vehicle_id = ? AND trip_id = ?'),
      tripsIn: db.prepare(TRIPS_IN),
      byId: db.prepare('SELECT vehicle FROM trips JOIN vehicles ON vehicles.id = vehicle_id WHERE trip_id = ?').pluck(),
      byContainer: db.prepare('SELECT first_ts, last_ts FROM containers WHERE vehicle_id = ? AND name = ?'),
    };
  }

  /** Looks among these vehicles (one names), or all. The caller has refreshed the groups. */
  find(tripId: string, vehicles: readonly string[] | undefined): TripLookup {
    const found = this.#candidates(tripId, vehicles).flatMap((vehicle) => {
      const trip = this.#ofVehicle(vehicle, tripId);
      return trip === undefined ? [] : [{ vehicle, trip }];
    });
    const [first] = found;
    if (first === undefined) return { kind: 'none' };
    if (found.length > 1) return { kind: 'ambiguous', vehicles: found.map(({ vehicle }) => vehicle) };
    const { vehicle, trip } = first;
    if (trip.id !== tripId) return { kind: 'moved', vehicle, trip_id: trip.id };
    const { summary, ...bare } = trip;
    return { kind: 'found', vehicle, trip: bare, summary: JSON.parse(summary) as TripSummary };
  }

  /** Vehicles, by their one names, that a trip id may belong to. */
  #candidates(tripId: string, vehicles: readonly string[] | undefined): readonly string[] {
    const all = vehicles ?? (this.#sql.allVehicles.all() as string[]).map((name) => this.#groups.oneName(name));
    const named = this.#sql.byId.all(tripId) as string[];
    const mark = vehicleMarkOf(tripId);
    return [...new Set(all)].filter((vehicle) => {
      if (named.includes(vehicle)) return true;
      const { names } = this.#groups.of(vehicle);
      return names.some((name) => vehicleMark(name) === mark) || this.#containerSpan(vehicle, tripId) !== undefined;
    });
  }

  #ofVehicle(vehicle: string, tripId: string): FoundTrip | undefined {
    const own = this.#sql.tripById.get(this.#ids.of(vehicle), tripId) as TripRow | undefined;
    if (own !== undefined) return toTrip(own);
    const { names } = this.#groups.of(vehicle);
    const times = names.map((name) => derivedTripTime(tripId, name)).filter((ts) => ts !== undefined);
    const near =
      this.#containerSpan(vehicle, tripId) ?? (times[0] === undefined ? undefined : { from: times[0], to: times[0] });
    if (near === undefined) return undefined;
    const rows = this.#sql.tripsIn.all(this.#ids.of(vehicle), near.from, EVER.to, near.to) as TripRow[];
    return findTrip(rows.map(toTrip), tripId, names);
  }

  #containerSpan(vehicle: string, tripId: string): Span | undefined {
    const rows = this.#ids.ofAll(this.#groups.of(vehicle)).map((id) => this.#sql.byContainer.get(id, tripId)) as (
      | { first_ts: number; last_ts: number }
      | undefined
    )[];
    const own = rows.filter((row) => row !== undefined);
    if (own.length === 0) return undefined;
    return { from: Math.min(...own.map((row) => row.first_ts)), to: Math.max(...own.map((row) => row.last_ts)) };
  }
}

function toTrip({ trip_id, from_ts, to_ts, parts, summary }: TripRow): FoundTrip {
  return { id: trip_id, from: from_ts, to: to_ts, parts: JSON.parse(parts) as Part[], summary };
}
