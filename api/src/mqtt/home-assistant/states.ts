/** Tells over MQTT how every vehicle is, as it changes, and announces vehicles to Home Assistant before. */
import { formatTimestamp, STATUS_TOPIC, stateTopic } from '@fleet/contract';
import type { Directory } from '../../access/directory.ts';
import { withValues } from '../../live/latest-text.ts';
import type { LiveFeed } from '../../live/live-feed.ts';
import type { LatestState } from '../../ports.ts';
import { discoveryOf, discoveryTopic, type Origin } from './discovery.ts';

/** Publishes a retained text; rejects where it may not have arrived. */
export type PublishRetained = (topic: string, payload: string) => Promise<void>;

export interface StatesParts {
  readonly live: LiveFeed;
  readonly directory: Pick<Directory, 'vehicles'>;
  readonly publish: PublishRetained;
  /** The first level of Home Assistant's topics. */
  readonly prefix: string;
  readonly origin: () => Origin;
  /** @default 5 s */
  readonly everyMs?: number;
}

/** Time between two states of a vehicle, milliseconds. */
const EVERY_MS = 5_000;

/** What is known of a vehicle. */
interface Told {
  state: LatestState;
  /** The announcement that was published last. */
  announced: string;
  timer: NodeJS.Timeout | undefined;
  /** Whether it changed since it was told. */
  isNews: boolean;
}

export class States {
  readonly #parts: StatesParts;
  readonly #vehicles = new Map<string, Told>();
  #leave: () => void = () => {};
  #retry: NodeJS.Timeout | undefined;

  constructor(parts: StatesParts) {
    this.#parts = parts;
  }

  /** Listens from now on; where the store can't be read yet, a little later. */
  start(): void {
    const { told, leave } = this.#parts.live.listen({ vehicles: undefined, tell: (state) => this.#note(state) });
    this.#leave = leave;
    told.catch(() => {
      leave();
      this.#retry = setTimeout(() => this.start(), this.#everyMs).unref();
    });
  }

  /** There is a connection, perhaps to a broker that has forgotten everything: it is told all. */
  connected(): void {
    this.#publish(STATUS_TOPIC, 'online');
    for (const told of this.#vehicles.values()) {
      told.announced = '';
      this.#tell(told);
    }
  }

  /** Says that nothing more will come. */
  async stop(): Promise<void> {
    this.#leave();
    clearTimeout(this.#retry);
    for (const { timer } of this.#vehicles.values()) clearTimeout(timer);
    await this.#parts.publish(STATUS_TOPIC, 'offline').catch(() => {});
  }

  get #everyMs(): number {
    return this.#parts.everyMs ?? EVERY_MS;
  }

  #note(state: LatestState): void {
    const told = this.#vehicles.get(state.vehicle);
    if (told === undefined) {
      const first: Told = { state, announced: '', timer: undefined, isNews: true };
      this.#vehicles.set(state.vehicle, first);
      this.#tell(first);
      return;
    }
    told.state = state;
    told.isNews = true;
    if (told.timer === undefined) this.#tell(told);
  }

  #tell(told: Told): void {
    this.#announce(told);
    void this.#publishState(told.state);
    told.isNews = false;
    clearTimeout(told.timer);
    told.timer = setTimeout(() => {
      told.timer = undefined;
      if (told.isNews) this.#tell(told);
    }, this.#everyMs).unref();
  }

  async #publishState({ vehicle, last_ts, readings, dtcs }: LatestState): Promise<void> {
    this.#publish(stateTopic(vehicle), await withValues({ ts: formatTimestamp(last_ts), dtcs }, readings));
  }

  /** Announces a vehicle where that says something new: a name, a signal. */
  #announce(told: Told): void {
    const { directory, prefix, origin } = this.#parts;
    const { vehicle, readings } = told.state;
    const signals = readings.map(([signal]) => signal);
    const name = directory.vehicles.get(vehicle)?.name ?? vehicle;
    const announcement = JSON.stringify(discoveryOf({ vehicle, name, signals }, origin()));
    if (announcement === told.announced) return;
    told.announced = announcement;
    this.#publish(discoveryTopic(prefix, vehicle), announcement);
  }

  /** What does not arrive is told again with the next connection. */
  #publish(topic: string, payload: string): void {
    this.#parts.publish(topic, payload).catch(() => {});
  }
}
