/**
 * What changes, as it changes: looks once a second which vehicles changed, whoever wrote, and tells those who listen.
 * Works the same for one process or ten, since it asks the store and not itself.
 */
import type { EventStore, LatestState } from '../ports.ts';

/** How often it looks, milliseconds. */
const EVERY_MS = 1_000;
/** Vehicles that are asked for, and told of, at once. */
const TOLD_AT_ONCE = 200;

/** Somebody who listens to some vehicles (one names), or all. */
export interface Listener {
  readonly vehicles: ReadonlySet<string> | undefined;
  /** May be called again before it has resolved: how all stand is told side by side with what changes. */
  tell(state: LatestState): void | Promise<void>;
  /** Resolves when it has taken in what it was told, or has left: it is told how all stand as fast as it listens. */
  heard?(): Promise<void>;
}

/** Somebody's listening, from its beginning to its end. */
export interface Listening {
  /** Resolves when the listener was told how things stand. Throws `StoreUnavailableError`. */
  readonly told: Promise<void>;
  /** Nothing is told from here on. */
  leave(): void;
}

export class LiveFeed {
  readonly #store: EventStore;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  #revisions: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(store: EventStore, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /** How many listen. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  /** Tells a listener how things stand, then what changes, until it leaves. */
  listen(listener: Listener): Listening {
    let left = false;
    const leave = () => {
      left = true;
      this.#leave(listener);
    };
    return { told: this.#begin(listener, () => left), leave };
  }

  async #begin(listener: Listener, hasLeft: () => boolean): Promise<void> {
    if (this.#listeners.size === 0) this.#revisions = new Map(await this.#store.revisions());
    if (hasLeft()) return;
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#look(), EVERY_MS).unref();
    const active = await this.#store.vehicles();
    const heard = active.map(({ vehicle }) => vehicle).filter((vehicle) => hears(listener, vehicle));
    for (let at = 0; at < heard.length && !hasLeft(); at += TOLD_AT_ONCE) {
      for (const state of await this.#store.latest(heard.slice(at, at + TOLD_AT_ONCE))) {
        if (!hasLeft()) await listener.tell(state);
      }
      await listener.heard?.();
    }
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const revisions = new Map(await this.#store.revisions());
      const changed = [...revisions].filter(([vehicle, revision]) => this.#revisions.get(vehicle) !== revision);
      const heard = changed
        .map(([vehicle]) => vehicle)
        .filter((vehicle) => [...this.#listeners].some((listener) => hears(listener, vehicle)));
      for (let at = 0; at < heard.length; at += TOLD_AT_ONCE) {
        await this.#tell(await this.#store.latest(heard.slice(at, at + TOLD_AT_ONCE)));
      }
      this.#revisions = revisions;
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#looking = false;
    }
  }

  async #tell(states: readonly LatestState[]): Promise<void> {
    for (const state of states) {
      for (const listener of this.#listeners) if (hears(listener, state.vehicle)) await listener.tell(state);
    }
  }
}

function hears({ vehicles }: Listener, vehicle: string): boolean {
  return vehicles === undefined || vehicles.has(vehicle);
}
