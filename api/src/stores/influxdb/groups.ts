/** Vehicles with their names and corrections as the registry has them, read again when they changed. */
import { VehicleGroups } from '../../trips/vehicle-group.ts';
import type { InfluxRegistry } from './influx-registry.ts';

/** How long changes of other processes may go unseen by writers, milliseconds. */
const RECENT_MS = 2_000;

export class Groups {
  readonly #registry: InfluxRegistry;
  #current = new VehicleGroups([], []);
  #version = -1;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #ownChanges = -1;

  constructor(registry: InfluxRegistry) {
    this.#registry = registry;
  }

  /** As they are now. */
  async now(): Promise<VehicleGroups> {
    const { ownChanges } = this.#registry;
    const lookedAt = Date.now();
    const version = await this.#registry.versionOf('trips');
    if (version !== this.#version) {
      const [vehicles, corrections] = await Promise.all([
        this.#registry.list('vehicle'),
        this.#registry.list('correction'),
      ]);
      this.#current = new VehicleGroups(
        vehicles.map(({ id, body }) => [id, body] as const),
        corrections.map(({ body }) => body),
      );
      this.#version = version;
    }
    this.#lookedAt = lookedAt;
    this.#ownChanges = ownChanges;
    return this.#current;
  }

  /**
   * As they were two seconds ago or later, with all changes of this process. Where the server can't be asked, as they
   * were last: what is deleted is hidden when it is read, too.
   */
  async recent(): Promise<VehicleGroups> {
    const isRecent = Date.now() - this.#lookedAt < RECENT_MS && this.#ownChanges === this.#registry.ownChanges;
    return isRecent ? this.#current : this.now().catch(() => this.#current);
  }
}
