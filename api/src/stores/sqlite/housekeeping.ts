/** Keeps the file in shape: takes away what is past retention or was deleted, a little at a time, and gives space back. */
import type { Upkeep } from '../../ports.ts';
import { MS_PER_MINUTE } from '../../trips/history.ts';
import { EVER, type Span } from '../../trips/span.ts';
import type { Part } from '../../trips/trip.ts';
import type { Container, Containers } from './containers.ts';
import type { Dictionary } from './dictionary.ts';
import type { Database } from './open-database.ts';
import { RowReader } from './row-reader.ts';
import type { Runs } from './runs.ts';
import type { TripTables } from './trip-tables.ts';
import type { VehicleGroups } from './vehicle-groups.ts';

/** Events that are taken away in one commit: it must not hold up others. */
const EVENTS_AT_ONCE = 500;
/** Pages that are given back in one commit. */
const PAGES_AT_ONCE = 256;
/** So many free pages may stay for new events. */
const SPARE_PAGES = 1_024;

/** A container as this file sees it. */
interface ContainerRow {
  readonly id: number;
  readonly vehicle_id: number;
  readonly name: string;
  readonly loose: number;
  readonly first_ts: number;
  readonly last_ts: number;
  readonly event_count: number;
  readonly ordered_seq: number | null;
}

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
  readonly #sql;

  constructor({ db, names, containers, runs, groups, trips }: HousekeepingParts) {
    this.#db = db;
    this.#containers = containers;
    this.#runs = runs;
    this.#groups = groups;
    this.#trips = trips;
    this.#rows = new RowReader(db, names);
    this.#sql = {
      dirtyContainers: db.prepare('SELECT containers.* FROM dirty JOIN containers ON containers.id = container'),
      idle: db.prepare("SELECT value FROM meta WHERE key = 'idle_ms'").pluck(),
      setIdle: db.prepare("UPDATE meta SET value = ? WHERE key = 'idle_ms'"),
      vehicles: db.prepare('SELECT id FROM vehicles').pluck(),
      before: db.prepare('SELECT * FROM containers WHERE first_ts < ? ORDER BY first_ts LIMIT 1'),
      trip: db.prepare('SELECT * FROM containers WHERE vehicle_id = ? AND name = ?'),
      days: db.prepare(
        'SELECT * FROM containers WHERE vehicle_id = ? AND loose = 1 AND last_ts >= ? AND first_ts <= ? ORDER BY last_ts',
      ),
      seqs: db.prepare('SELECT seq FROM events WHERE container = ? AND seq BETWEEN ? AND ? ORDER BY seq').pluck(),
      lastSeq: db.prepare('SELECT max(seq) FROM events WHERE container = ?').pluck(),
      removeEvent: db.prepare('DELETE FROM events WHERE container = ? AND seq = ?'),
      setBounds: db.prepare('UPDATE containers SET first_ts = ?, last_ts = ?, event_count = ? WHERE id = ?'),
      removeContainer: db.prepare('DELETE FROM containers WHERE id = ?'),
      removeDirty: db.prepare('DELETE FROM dirty WHERE vehicle_id = ? AND container = ?'),
      removeRollups: db.prepare('DELETE FROM rollups WHERE container = ? AND (minute < ? OR minute > ?)'),
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
    return (forgetBefore !== undefined && this.#forget(forgetBefore, commit)) || this.#purge(purgeDeletedBefore);
  }

  /** Gives free pages back to the disk; true while there are more. Not within a transaction. */
  shrink(): boolean {
    const free = () => this.#db.pragma('freelist_count', { simple: true }) as number;
    if (free() > SPARE_PAGES) this.#db.pragma(`incremental_vacuum(${PAGES_AT_ONCE})`);
    return free() > SPARE_PAGES;
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

  /** Events before a time are past retention. */
  #forget(before: number, commit: number): boolean {
    const container = this.#sql.before.get(before) as ContainerRow | undefined;
    if (container === undefined) return false;
    const left = this.#remove(container, { from: EVER.from, to: before - 1 });
    const { vehicle_id, first_ts, loose } = container;
    this.#trips.dirty(vehicle_id, { from: first_ts, to: before - 1 }, commit);
    if (left !== undefined) this.#trips.dirtyContainer(left, { from: left.first_ts, to: left.first_ts }, commit);
    if (loose === 1) this.#runs.trim(vehicle_id, left?.first_ts ?? container.last_ts + 1);
    return true;
  }

  /** Events that were deleted with their trip so long ago that nobody can want them back. */
  #purge(before: number): boolean {
    for (const group of this.#groups.corrected()) {
      for (const correction of group.corrections) {
        if (correction.kind !== 'delete' || correction.made_at >= before) continue;
        const container = correction.parts.map((part) => this.#holder(group.names, part)).find((found) => found);
        if (container !== undefined) {
          this.#remove(container.row, container.part);
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
        part.trip === null ? this.#sql.days.all(id, part.from, part.to) : this.#sql.trip.all(id, part.trip)
      ) as ContainerRow[];
    });
    const row = rows.find((candidate) => !this.#rows.byTime(candidate, null, part).next().done);
    return row && { row, part };
  }

  /** Takes some of a container's events in a span away; what is left of the container. */
  #remove(row: ContainerRow, span: Span): Container | undefined {
    const seqs: number[] = [];
    for (const { seq } of this.#rows.byTime(row, null, span)) {
      seqs.push(seq);
      if (seqs.length === EVENTS_AT_ONCE) break;
    }
    for (const seq of seqs) this.#sql.removeEvent.run(row.id, seq);
    this.#containers.reset();
    const [first] = this.#rows.byTime(row, null, EVER);
    if (first === undefined) {
      this.#sql.removeContainer.run(row.id);
      this.#sql.removeDirty.run(row.vehicle_id, row.id);
      this.#sql.removeRollups.run(row.id, 0, -1);
      return undefined;
    }
    const last_ts = span.to < row.last_ts ? row.last_ts : this.#lastTime(row);
    this.#sql.setBounds.run(first.ts, last_ts, row.event_count - seqs.length, row.id);
    this.#sql.removeRollups.run(row.id, minuteOf(first.ts), minuteOf(last_ts));
    return this.#containers.find(row.vehicle_id, row.name);
  }

  #lastTime({ id, loose, ordered_seq }: ContainerRow): number {
    if (loose === 0 && ordered_seq === null) return this.#rows.timesOf([id]).at(-1) ?? 0;
    const seq = this.#sql.lastSeq.get(id) as number;
    return this.#rows.rowAt(id, seq)?.ts ?? 0;
  }
}

function minuteOf(ts: number): number {
  return Math.floor(ts / MS_PER_MINUTE);
}
