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
  /** One question for all who find it too long ago, and the changes of our own that its answer has at least. */
  #asking: { readonly ownChanges: number; readonly answer: Promise<VehicleGroups> } | undefined;

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
   * were last, without the newest of them: what is deleted is hidden when it is read, too.
   */
  recent(): VehicleGroups | Promise<VehicleGroups> {
    const { ownChanges } = this.#registry;
    if (Date.now() - this.#lookedAt < RECENT_MS && this.#ownChanges === ownChanges) return this.#current;
    if (this.#asking?.ownChanges !== ownChanges) {
      const answer = this.now().catch(() => this.#current);
      const asking = { ownChanges, answer };
      this.#asking = asking;
      void answer.then(() => {
        if (this.#asking === asking) this.#asking = undefined;
      });
    }
    return this.#asking.answer;
  }
}
