/** Vehicles with all their names and corrections, as this file's registry has them now. */
import type { VehicleRecord } from '../../access/records.ts';
import { type Correction, type Corrections, combineCorrections, NO_CORRECTIONS } from '../../trips/corrections.ts';
import type { Database } from './open-database.ts';

/** Everything that trips of a vehicle are made from, but for the events. */
export interface VehicleGroup {
  /** The one name. */
  readonly vehicle: string;
  /** The one name first, then aliases. */
  readonly names: readonly string[];
  readonly corrections: readonly Correction[];
  readonly combined: Corrections;
}

/** Reads the documents once, and again when they changed. */
export class VehicleGroups {
  readonly #db: Database;
  readonly #readVersion;
  #version = -1;
  #groups = new Map<string, VehicleGroup>();
  #oneNames = new Map<string, string>();

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
    this.#groups = new Map();
    this.#oneNames = new Map();
    for (const [vehicle, record] of this.#bodies<VehicleRecord>('vehicle')) {
      for (const alias of record.aliases) this.#oneNames.set(alias, vehicle);
      this.#groups.set(vehicle, group(vehicle, record.aliases, []));
    }
    for (const [, correction] of this.#bodies<Correction>('correction')) {
      const { vehicle, names, corrections } = this.of(this.oneName(correction.vehicle));
      this.#groups.set(vehicle, group(vehicle, names.slice(1), [...corrections, correction]));
    }
  }

  /** The group of a vehicle, given by its one name. */
  of(vehicle: string): VehicleGroup {
    return this.#groups.get(vehicle) ?? group(vehicle, [], []);
  }

  /** The groups that have corrections. */
  corrected(): readonly VehicleGroup[] {
    return [...this.#groups.values()].filter(({ corrections }) => corrections.length > 0);
  }

  /** The one name for whatever name a vehicle has. */
  oneName(name: string): string {
    return this.#oneNames.get(name) ?? name;
  }

  #bodies<T>(kind: string): [string, T][] {
    const rows = this.#db.prepare('SELECT id, body FROM documents WHERE kind = ?').raw().all(kind) as [
      string,
      string,
    ][];
    return rows.map(([id, body]) => [id, JSON.parse(body) as T]);
  }
}

function group(vehicle: string, aliases: readonly string[], corrections: readonly Correction[]): VehicleGroup {
  const combined = corrections.length === 0 ? NO_CORRECTIONS : combineCorrections(corrections);
  return { vehicle, names: [vehicle, ...aliases], corrections, combined };
}
