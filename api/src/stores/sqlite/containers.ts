/** The containers of events and what is known of each, kept in memory while they are written to. */
import { EVER } from '../../trips/span.ts';
import type { Database } from './open-database.ts';

/**
 * A row of `containers`. Its bounds and its count are ahead of the file's while events come: they are written before
 * anyone reads them, and counted anew after a crash for containers that are dirty.
 */
export interface Container {
  readonly id: number;
  readonly vehicle_id: number;
  readonly loose: boolean;
  first_ts: number;
  last_ts: number;
  event_count: number;
  /** No event has a greater seq. */
  top_seq: number;
  /** Records that wait in the inbox, by seq. */
  waiting: Map<number, Uint8Array> | null;
  /** Where its events must be looked at again, as `dirty` has it; null where nothing must. */
  dirty: DirtyRange | null;
  /** Whether its row in the file is behind. */
  behind: boolean;
}

/** Events of a container from a time and a seq on. */
export interface DirtyRange {
  readonly from_ts: number;
  readonly to_ts: number;
  readonly from_seq: number;
}

/** Containers that are kept in memory; more are read again. */
const MOST_CACHED = 20_000;

export class Containers {
  #vehicles = new Map<string, number>();
  #cache = new Map<string, Container>();
  #byId = new Map<number, Container>();
  /** Whether vehicles have trips that devices made. */
  #haveTrips = new Map<number, boolean>();
  #version = 0;
  /** The commit that last changed a container's events, for those that are dirty. */
  readonly #touched = new Map<number, number>();
  /** Containers whose row in the file is behind, devices' trips by vehicle. */
  #behind = new Set<Container>();
  #tripsBehind = new Map<number, Set<Container>>();
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      vehicle: db.prepare('SELECT id FROM vehicles WHERE vehicle = ?').pluck(),
      addVehicle: db.prepare('INSERT INTO vehicles (vehicle) VALUES (?)'),
      find: db.prepare(
        `SELECT *, (SELECT coalesce(max(seq), 0) FROM events WHERE container = containers.id) AS top_seq
         FROM containers WHERE vehicle_id = ? AND name = ?`,
      ),
      findDirty: db.prepare('SELECT from_ts, to_ts, from_seq FROM dirty WHERE vehicle_id = ? AND container = ?'),
      findTrip: db.prepare('SELECT 1 FROM containers WHERE vehicle_id = ? AND loose = 0 LIMIT 1').pluck(),
      add: db.prepare(
        'INSERT INTO containers (vehicle_id, name, loose, first_ts, last_ts, event_count) VALUES (?, ?, ?, ?, ?, 0)',
      ),
      update: db.prepare('UPDATE containers SET first_ts = ?, last_ts = ?, event_count = ? WHERE id = ?'),
      dirty: db.prepare('INSERT OR REPLACE INTO dirty VALUES (?, ?, ?, ?, ?)'),
    };
  }

  /** Forgets everything: what is in the file is true again. */
  reset(): void {
    this.#vehicles = new Map();
    this.#cache = new Map();
    this.#byId = new Map();
    this.#haveTrips = new Map();
    this.#behind = new Set();
    this.#tripsBehind = new Map();
    this.#version++;
  }

  /** Forgets a container whose row in the file is true again; nothing of it may be behind. */
  forget(vehicleId: number, name: string): void {
    const key = `${vehicleId} ${name}`;
    const container = this.#cache.get(key);
    if (container === undefined) return;
    this.#cache.delete(key);
    this.#byId.delete(container.id);
    this.#version++;
  }

  /** Another number whenever what was found is no longer what would be found now. */
  get version(): number {
    return this.#version;
  }

  /** The number of a vehicle that has or had events. */
  vehicleId(vehicle: string): number | undefined {
    const known = this.#vehicles.get(vehicle) ?? (this.#sql.vehicle.get(vehicle) as number | undefined);
    if (known !== undefined) this.#vehicles.set(vehicle, known);
    return known;
  }

  /** The number of a vehicle, made where it has none. */
  ensureVehicle(vehicle: string): number {
    return this.vehicleId(vehicle) ?? Number(this.#sql.addVehicle.run(vehicle).lastInsertRowid);
  }

  /** A container that exists. */
  find(vehicleId: number, name: string): Container | undefined {
    const key = `${vehicleId} ${name}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const row = this.#sql.find.get(vehicleId, name) as (Omit<Container, 'loose'> & { loose: number }) | undefined;
    if (row === undefined) return undefined;
    const dirty = (this.#sql.findDirty.get(vehicleId, row.id) as DirtyRange | undefined) ?? null;
    return this.#keep(key, { ...row, loose: row.loose === 1, dirty, waiting: null, behind: false });
  }

  /** Whether a vehicle has trips that a device made. */
  hasTrips(vehicleId: number): boolean {
    const known = this.#haveTrips.get(vehicleId) ?? this.#sql.findTrip.get(vehicleId) !== undefined;
    this.#haveTrips.set(vehicleId, known);
    return known;
  }

  /** A container, made where there is none; `ts` is the time of its first event. */
  ensure(vehicleId: number, name: string, loose: boolean, ts: number): Container {
    const found = this.find(vehicleId, name);
    if (found !== undefined) return found;
    const id = Number(this.#sql.add.run(vehicleId, name, loose ? 1 : 0, ts, ts).lastInsertRowid);
    if (!loose) this.#haveTrips.set(vehicleId, true);
    return this.#keep(`${vehicleId} ${name}`, {
      id,
      vehicle_id: vehicleId,
      loose,
      first_ts: ts,
      last_ts: ts,
      event_count: 0,
      top_seq: 0,
      waiting: null,
      dirty: null,
      behind: false,
    });
  }

  /** Notes a new event. */
  added(container: Container, ts: number, seq: number, commit: number): void {
    this.touched(container, ts, seq, commit);
    container.event_count++;
    if (ts < container.first_ts) container.first_ts = ts;
    if (ts > container.last_ts) container.last_ts = ts;
    this.#fallsBehind(container);
  }

  /** Notes that an event changed; one at the end makes everything after it dirty, so that the next need no note. */
  touched(container: Container, ts: number, seq: number, commit: number): void {
    this.#touched.set(container.id, commit);
    const { dirty } = container;
    if (dirty !== null && dirty.from_ts <= ts && ts <= dirty.to_ts && dirty.from_seq <= seq) return;
    const to_ts = ts >= container.last_ts ? EVER.to : ts;
    container.dirty = {
      from_ts: Math.min(ts, dirty?.from_ts ?? ts),
      to_ts: Math.max(to_ts, dirty?.to_ts ?? to_ts),
      from_seq: Math.min(seq, dirty?.from_seq ?? seq),
    };
    const { from_ts, to_ts: to, from_seq } = container.dirty;
    this.#sql.dirty.run(container.vehicle_id, container.id, from_ts, to, from_seq);
  }

  /** The commit that last changed a container's events; undefined where it is clean, or nobody knows. */
  touchedAt(id: number): number | undefined {
    return this.#touched.get(id);
  }

  /** Whether nothing changed in a container since a commit; then it is clean. */
  settled(id: number, commit: number): boolean {
    if ((this.#touched.get(id) ?? 0) > commit) return false;
    this.#touched.delete(id);
    const container = this.#byId.get(id);
    if (container !== undefined) container.dirty = null;
    return true;
  }

  /** Brings the file's rows up to date; call it in a transaction. */
  catchUp(): void {
    for (const container of this.#behind) this.#write(container);
    this.#behind.clear();
    this.#tripsBehind.clear();
  }

  /** Forgets containers where there are many in memory; call it when nothing waits, here or in the inbox. */
  trim(): void {
    if (this.#cache.size >= MOST_CACHED) this.reset();
  }

  /** Brings the rows of a vehicle's device's trips up to date. */
  catchUpTrips(vehicleId: number): void {
    const behind = this.#tripsBehind.get(vehicleId);
    if (behind === undefined) return;
    this.#tripsBehind.delete(vehicleId);
    for (const container of behind) {
      this.#behind.delete(container);
      this.#write(container);
    }
  }

  #fallsBehind(container: Container): void {
    if (container.behind) return;
    container.behind = true;
    this.#behind.add(container);
    if (container.loose) return;
    const trips = this.#tripsBehind.get(container.vehicle_id) ?? new Set<Container>();
    this.#tripsBehind.set(container.vehicle_id, trips.add(container));
  }

  #write(container: Container): void {
    const { id, first_ts, last_ts, event_count } = container;
    container.behind = false;
    this.#sql.update.run(first_ts, last_ts, event_count, id);
  }

  #keep(key: string, container: Container): Container {
    this.#cache.set(key, container);
    this.#byId.set(container.id, container);
    return container;
  }
}
