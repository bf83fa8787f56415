/** The numbers that vehicles have in the file. */
import type { Database } from './open-database.ts';
import type { VehicleGroup } from './vehicle-groups.ts';

export class VehicleIds {
  readonly #find;

  constructor(db: Database) {
    this.#find = db.prepare('SELECT id FROM vehicles WHERE vehicle = ?').pluck();
  }

  /** The number of a name, if it has or had events. */
  of(name: string): number | undefined {
    return this.#find.get(name) as number | undefined;
  }

  /** The numbers of all names of a vehicle that have or had events. */
  ofAll({ names }: VehicleGroup): number[] {
    return names.map((name) => this.of(name)).filter((id) => id !== undefined);
  }
}
