/** Keeps the file in shape: takes away what is past retention or was deleted, a little at a time, and gives space back. */
import type { Upkeep } from '../../ports.ts';
import { MS_PER_MINUTE } from '../../trips/history.ts';
import { EVER, type Span } from '../../trips/span.ts';
import type { Part } from '../../trips/trip.ts';
import type { Containers } from './containers.ts';
import type { Dictionary } from './dictionary.ts';
import { type ContainerRow, EventRemover } from './event-remover.ts';
import { OldRollups } from './old-rollups.ts';
import type { Database } from './open-database.ts';
import { RowReader } from './row-reader.ts';
import type { Runs } from './runs.ts';
import type { TripTables } from './trip-tables.ts';
import type { VehicleGroups } from './vehicle-groups.ts';

/** Pages that are given back in one commit. */
const PAGES_AT_ONCE = 256;
/** So many free pages, and this part of all, may stay for new events. */
const SPARE_PAGES = 64;
const SPARE_PART = 1 / 32;
/** Behind every minute. */
const NO_MINUTES: Span = { from: EVER.to, to: EVER.to };

/** What housekeeping works with, all on the writer's connection. */
export interface HousekeepingParts {
  readonly db: Database;
  readonly names: Dictionary;
  readonly containers: Containers;
  readonly runs: Runs;
  readonly groups: VehicleGroups;
  readonly trips: TripTables;
}

export class Housekeeping {
  readonly #db: Database;
  readonly #containers: Containers;
  readonly #runs: Runs;
  readonly #groups: VehicleGroups;
  readonly #trips: TripTables;
  readonly #rows: RowReader;
  readonly #remover: EventRemover;
  readonly #rollups: OldRollups;
  readonly #sql;

  constructor({ db, names, containers, runs, groups, trips }: HousekeepingParts) {
    this.#db = db;
    this.#containers = containers;
    this.#runs = runs;
    this.#groups = groups;
    this.#trips = trips;
    this.#rows = new RowReader(db, names);
    this.#remover = new EventRemover(db, names, containers);
    this.#rollups = new OldRollups(db);
    this.#sql = {
      dirtyContainers: db.prepare('SELECT containers.* FROM dirty JOIN containers ON containers.id = container'),
      idle: db.prepare("SELECT value FROM meta WHERE key = 'idle_ms'").pluck(),
      setIdle: db.prepare("UPDATE meta SET value = ? WHERE key = 'idle_ms'"),
      vehicles: db.prepare('SELECT id FROM vehicles').pluck(),
      before: db.prepare('SELECT * FROM containers WHERE first_ts < ? ORDER BY first_ts LIMIT 1'),
      container: db.prepare('SELECT * FROM containers WHERE vehicle_id = ? AND name = ?'),
      days: db.prepare(
        'SELECT * FROM containers WHERE vehicle_id = ? AND loose = 1 AND last_ts >= ? AND first_ts <= ? ORDER BY last_ts',
      ),
      firstLoose: db.prepare('SELECT min(first_ts) FROM containers WHERE vehicle_id = ? AND loose = 1').pluck(),
      seqs: db.prepare('SELECT seq FROM events WHERE container = ? AND seq BETWEEN ? AND ? ORDER BY seq').pluck(),
      setBounds: db.prepare('UPDATE containers SET first_ts = ?, last_ts = ?, event_count = ? WHERE id = ?'),
    };
  }

  /** Takes over the idle timeout: runs, and so trips, that were made with another one are made anew. */
  adopt(idleMs: number): void {
    if (this.#sql.idle.get() === idleMs) return;
    for (const id of this.#sql.vehicles.all() as number[]) {
      this.rebuildRuns(id, [{ trip: null, ...EVER }]);
      this.#trips.dirty(id, EVER, 0);
    }
    this.#sql.setIdle.run(idleMs);
  }

  /** Counts the events of dirty containers, and puts loose ones into runs: what was only in memory is in the file then. */
  recount(): void {
    for (const { id, vehicle_id, loose } of this.#sql.dirtyContainers.all() as ContainerRow[]) {
      const times = this.#rows.timesOf([id]);
      if (loose === 1) for (const ts of times) this.#runs.add(vehicle_id, ts);
      if (times.length > 0) this.#sql.setBounds.run(times[0], times.at(-1), times.length, id);
    }
    this.#runs.flush();
  }

  /** Takes some events away; true while there are more. */
  step({ forgetBefore, purgeDeletedBefore }: Upkeep, commit: number): boolean {
    return (
      (forgetBefore !== undefined && this.#forget(forgetBefore, commit)) || this.#purge(purgeDeletedBefore, commit)
    );
  }

  /** Gives free pages back to the disk; true while there are more. Not within a transaction. */
  shrink(): boolean {
    if (this.#sparePages() > 0) this.#db.pragma(`incremental_vacuum(${PAGES_AT_ONCE})`);
    return this.#sparePages() > 0;
  }

  /** Makes the runs of a vehicle's loose events anew where these parts are. */
  rebuildRuns(vehicleId: number, parts: readonly Part[]): void {
    for (const part of parts.filter(({ trip }) => trip === null)) {
      const { from, to } = this.#runs.remove(vehicleId, part);
      for (const day of this.#sql.days.all(vehicleId, from, to) as ContainerRow[]) {
        for (const seq of this.#sql.seqs.all(day.id, Math.max(0, from), to)) this.#runs.add(vehicleId, seq as number);
      }
    }
    this.#runs.flush();
  }

  /** How many pages are free beyond those that may stay. */
  #sparePages(): number {
    const count = (what: 'freelist_count' | 'page_count') => this.#db.pragma(what, { simple: true }) as number;
    return count('freelist_count') - SPARE_PAGES - count('page_count') * SPARE_PART;
  }

  /** Events before a time are past retention, and so is what is derived from them. */
  #forget(before: number, commit: number): boolean {
    const row = this.#sql.before.get(before) as ContainerRow | undefined;
    if (row === undefined) return false;
    if (!this.#rollups.remove(row.id, minutesOf({ from: before, to: EVER.to }))) return true;
    const left = this.#remove(row, { from: EVER.from, to: before - 1 }, commit);
    this.#trips.dirty(row.vehicle_id, { from: row.first_ts, to: before - 1 }, commit);
    if (row.loose === 1) this.#runs.trim(row.vehicle_id, left?.first_ts ?? this.#firstLoose(row.vehicle_id));
    return true;
  }

  /** The time of a vehicle's first loose event. */
  #firstLoose(vehicleId: number): number {
    return (this.#sql.firstLoose.get(vehicleId) as number | null) ?? EVER.to;
  }

  /** Events that were deleted with their trip so long ago that nobody can want them back. */
  #purge(before: number, commit: number): boolean {
    for (const group of this.#groups.corrected()) {
      for (const correction of group.corrections) {
        if (correction.kind !== 'delete' || correction.made_at >= before) continue;
        const holder = correction.parts.map((part) => this.#holder(group.names, part)).find((found) => found);
        if (holder !== undefined) {
          this.#remove(holder.row, holder.part, commit);
          return true;
        }
      }
    }
    return false;
  }

  /** A container that still has events in a part. */
  #holder(names: readonly string[], part: Part): { row: ContainerRow; part: Part } | undefined {
    const rows = names.flatMap((name) => {
      const id = this.#containers.vehicleId(name);
      if (id === undefined) return [];
      return (
        part.trip === null ? this.#sql.days.all(id, part.from, part.to) : this.#sql.container.all(id, part.trip)
      ) as ContainerRow[];
    });
    const row = rows.find((candidate) => this.#remover.hasAny(candidate, part));
    return row && { row, part };
  }

  /**
   * Takes some of a container's events in a span away, and the rollups of minutes that have none; what is left of it.
   * What began or ended with these events is worked out anew, also where that was still to be done with them in it.
   */
  #remove(row: ContainerRow, span: Span, commit: number) {
    this.#remover.remove(row, span, commit);
    const left = this.#containers.find(row.vehicle_id, row.name);
    if (left === undefined) {
      while (!this.#rollups.remove(row.id, NO_MINUTES));
      return undefined;
    }
    const { first_ts: from, last_ts: to } = left;
    this.#rollups.remove(row.id, minutesOf({ from, to }));
    this.#trips.dirtyContainer(left, { from, to: from }, commit);
    return left;
  }
}

function minutesOf({ from, to }: Span): Span {
  return { from: Math.floor(from / MS_PER_MINUTE), to: Math.floor(to / MS_PER_MINUTE) };
}
