/** Vehicles with all their names and corrections, as this file's registry has them now. */
import type { VehicleRecord } from '../../access/records.ts';
import type { Correction } from '../../trips/corrections.ts';
import { VehicleGroups as Groups, type VehicleGroup } from '../../trips/vehicle-group.ts';
import type { Database } from './open-database.ts';

export type { VehicleGroup };

/** Reads the documents once, and again when they changed. */
export class VehicleGroups {
  readonly #db: Database;
  readonly #readVersion;
  #version = -1;
  #groups = new Groups([], []);

  constructor(db: Database) {
    this.#db = db;
    this.#readVersion = db.prepare("SELECT value FROM meta WHERE key = 'registry_version'").pluck();
  }

  /** Another number whenever documents changed. */
  get version(): number {
    return this.#version;
  }

  /** Looks whether documents changed since, in whatever process; call it once in a transaction. */
  refresh(): void {
    const version = this.#readVersion.get() as number;
    if (version === this.#version) return;
    this.#version = version;
    const corrections = this.#bodies<Correction>('correction').map(([, correction]) => correction);
    this.#groups = new Groups(this.#bodies<VehicleRecord>('vehicle'), corrections);
  }

  /** The group of a vehicle, given by its one name. */
  of(vehicle: string): VehicleGroup {
    return this.#groups.of(vehicle);
  }

  /** The groups that have corrections. */
  corrected(): readonly VehicleGroup[] {
    return this.#groups.corrected();
  }

  /** The one name for whatever name a vehicle has. */
  oneName(name: string): string {
    return this.#groups.oneName(name);
  }

  #bodies<T>(kind: string): [string, T][] {
    const rows = this.#db.prepare('SELECT id, body FROM documents WHERE kind = ?').raw().all(kind) as [
      string,
      string,
    ][];
    return rows.map(([id, body]) => [id, JSON.parse(body) as T]);
  }
}
