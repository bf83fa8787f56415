/** Writes what was derived, and notes what must be derived anew. */
import type { Span } from '../../trips/span.ts';
import type { Part } from '../../trips/trip.ts';
import type { Container, Containers } from './containers.ts';
import type { Database } from './open-database.ts';
import { MINUTE_COLUMNS, minuteBytes } from './packed-history.ts';
import type { Derived, DerivedRollups, Settled } from './protocol.ts';

/**
 * The rows of a vehicle's trips that overlap a stretch of time: vehicle_id, from, the `FarthestEnd`, to. The index alone
 * says which, so that no row is read in vain: SQLite else fetches the row of each trip that ends later.
 */
export const TRIPS_IN = `
  SELECT trips.* FROM trips AS found INDEXED BY trips_by_end
  JOIN trips ON trips.vehicle_id = found.vehicle_id AND trips.trip_id = found.trip_id
  WHERE found.vehicle_id = ? AND found.to_ts BETWEEN ? AND ? AND found.from_ts <= ?`;

export class TripTables {
  readonly #containers: Containers;
  readonly #sql;
  /** The commit that last made a stretch of a vehicle's time dirty. */
  readonly #restructured = new Map<number, number>();

  constructor(db: Database, containers: Containers) {
    this.#containers = containers;
    this.#sql = {
      removeTrip: db.prepare('DELETE FROM trips WHERE vehicle_id = ? AND trip_id = ? AND from_ts = ?'),
      putTrip: db.prepare('INSERT OR REPLACE INTO trips VALUES (?, ?, ?, ?, ?, ?, ?)'),
      clearTrips: db.prepare('DELETE FROM trips WHERE vehicle_id = ?'),
      removeRollups: db.prepare('DELETE FROM rollups WHERE container = ? AND minute BETWEEN ? AND ?'),
      container: db.prepare('SELECT 1 FROM containers WHERE id = ?').pluck(),
      putRollup: db.prepare('INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?)'),
      setOrder: db.prepare('UPDATE containers SET ordered_seq = ? WHERE id = ?'),
      settle: db.prepare('DELETE FROM dirty WHERE vehicle_id = ? AND container = ?'),
      settlePartly: db.prepare('UPDATE dirty SET from_ts = ? WHERE vehicle_id = ? AND container = ?'),
      dirty: db.prepare(
        `INSERT INTO dirty VALUES (@vehicle, @container, @from, @to, 0) ON CONFLICT DO UPDATE SET
         from_ts = min(from_ts, excluded.from_ts), to_ts = max(to_ts, excluded.to_ts), from_seq = 0`,
      ),
      days: db
        .prepare('SELECT name FROM containers WHERE vehicle_id = ? AND loose = 1 AND last_ts >= ? AND first_ts <= ?')
        .pluck(),
    };
  }

  /**
   * Writes what was worked out from events as they were at a commit; what changed since stays dirty. Nothing is written
   * where the vehicle came to have other names or corrections: it is all worked out anew.
   */
  apply(derived: Derived, at: number): void {
    const vehicleId = this.#containers.ensureVehicle(derived.vehicle);
    if ((this.#restructured.get(vehicleId) ?? 0) > at) return;
    for (const { trip_id, from_ts } of derived.removed) this.#sql.removeTrip.run(vehicleId, trip_id, from_ts);
    for (const { trip_id, from_ts, to_ts, parts, totals, summary } of derived.trips) {
      this.#sql.putTrip.run(vehicleId, trip_id, from_ts, to_ts, parts, totals, summary);
    }
    for (const rollups of derived.rollups) this.#putRollups(rollups);
    for (const { container, seq } of derived.ordered) this.#sql.setOrder.run(seq, container);
    for (const settled of derived.settled) this.#settle(settled, at);
  }

  /** A stretch of a vehicle's time must be derived anew, though no event changed. */
  dirty(vehicleId: number, { from, to }: Span, commit: number): void {
    this.#restructured.set(vehicleId, commit);
    this.#sql.dirty.run({ vehicle: vehicleId, container: 0, from, to });
  }

  /** Events in these parts of a vehicle came to be deleted, or are no longer. */
  dirtyEvents(vehicleId: number, parts: readonly Part[], commit: number): void {
    for (const { trip, from, to } of parts) {
      const names = trip === null ? (this.#sql.days.all(vehicleId, from, to) as string[]) : [trip];
      const containers = names.map((name) => this.#containers.find(vehicleId, name));
      for (const container of containers) {
        if (container !== undefined) this.dirtyContainer(container, { from, to }, commit);
      }
    }
  }

  /** Events of a container changed in a stretch of time. */
  dirtyContainer(container: Container, { from, to }: Span, commit: number): void {
    this.#containers.touched(container, Math.max(from, container.first_ts), 0, commit);
    this.#containers.touched(container, Math.min(to, container.last_ts), 0, commit);
  }

  /** Takes all trips of a vehicle away: they may hold other events now. */
  clear(vehicleId: number): void {
    this.#sql.clearTrips.run(vehicleId);
  }

  #putRollups({ container, first_minute, last_minute, rows, replace }: DerivedRollups): void {
    if (this.#sql.container.get(container) === undefined) return;
    if (replace) this.#sql.removeRollups.run(container, first_minute, last_minute);
    for (let at = 0; at < rows.length; at += 1 + MINUTE_COLUMNS) {
      this.#sql.putRollup.run(container, rows[at], rows[at + 1], minuteBytes(rows, at + 1));
    }
  }

  #settle({ vehicle_id, container, remaining_from_ts }: Settled, at: number): void {
    const untouched =
      container === 0 ? (this.#restructured.get(vehicle_id) ?? 0) <= at : this.#containers.settled(container, at);
    if (!untouched) return;
    if (remaining_from_ts === null) this.#sql.settle.run(vehicle_id, container);
    else this.#sql.settlePartly.run(remaining_from_ts, vehicle_id, container);
  }
}
