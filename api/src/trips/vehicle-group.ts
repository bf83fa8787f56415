/** Vehicles with all their names and corrections: what trips are made from beside events. */
import type { VehicleRecord } from '../access/records.ts';
import { type Correction, type Corrections, combineCorrections, NO_CORRECTIONS } from './corrections.ts';

export interface VehicleGroup {
  /** The one name. */
  readonly vehicle: string;
  /** The one name first, then aliases. */
  readonly names: readonly string[];
  readonly corrections: readonly Correction[];
  readonly combined: Corrections;
}

/** All vehicles of which something is known, as documents said at one moment. */
export class VehicleGroups {
  readonly #groups = new Map<string, VehicleGroup>();
  readonly #oneNames = new Map<string, string>();

  /** Takes what is kept about vehicles, by their one names, and all corrections. */
  constructor(vehicles: Iterable<readonly [string, VehicleRecord]>, corrections: Iterable<Correction>) {
    for (const [vehicle, { aliases }] of vehicles) {
      for (const alias of aliases) this.#oneNames.set(alias, vehicle);
      this.#groups.set(vehicle, group(vehicle, aliases, []));
    }
    for (const correction of corrections) {
      const { vehicle, names, corrections: own } = this.of(this.oneName(correction.vehicle));
      this.#groups.set(vehicle, group(vehicle, names.slice(1), [...own, correction]));
    }
  }

  /** The group of a vehicle, given by its one name: the same object every time. */
  of(vehicle: string): VehicleGroup {
    const known = this.#groups.get(vehicle) ?? group(vehicle, [], []);
    this.#groups.set(vehicle, known);
    return known;
  }

  /** The groups that have corrections. */
  corrected(): readonly VehicleGroup[] {
    return [...this.#groups.values()].filter(({ corrections }) => corrections.length > 0);
  }

  /** The one name for whatever name a vehicle has. */
  oneName(name: string): string {
    return this.#oneNames.get(name) ?? name;
  }
}

function group(vehicle: string, aliases: readonly string[], corrections: readonly Correction[]): VehicleGroup {
  const combined = corrections.length === 0 ? NO_CORRECTIONS : combineCorrections(corrections);
  return { vehicle, names: [vehicle, ...aliases], corrections, combined };
}
