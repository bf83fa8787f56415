/**
 * Tells devices which of their events are stored: a broker's PUBACK says nothing about a disk, so a device on one forgets
 * an event only when a receipt names it. For events with ids; at most one message a second for each vehicle.
 */
import { type StoredReceipt, storedTopic, UUID } from '@fleet/contract';
import { SeqCollector } from '../uploads/seq-collector.ts';

/** Publishes a text with QoS 1; rejects where nobody knows whether it arrived. */
export type Publish = (topic: string, payload: string) => Promise<void>;

/** What an event said of its place in a trip. */
export interface EventIds {
  readonly trip_id: string | undefined;
  readonly seq: number | undefined;
}

/** Time between two messages for a vehicle, milliseconds. */
const EVERY_MS = 1_000;
/** Trips of a vehicle that wait to be told; of more, the oldest is left to be asked for again by being sent again. */
const MOST_TRIPS = 100;
/** Rejected events that are told of one trip at once. */
const MOST_REJECTED = 1_000;

/** What is to be told of a trip. */
interface Pending {
  readonly stored: SeqCollector;
  readonly rejected: Map<number, string>;
}

export class Receipts {
  readonly #publish: Publish;
  readonly #everyMs: number;
  /** By vehicle, then by trip. */
  readonly #pending = new Map<string, Map<string, Pending>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #ended = false;

  constructor(publish: Publish, everyMs = EVERY_MS) {
    this.#publish = publish;
    this.#everyMs = everyMs;
  }

  /** An event of a vehicle, by the name that its topic has, is durable. */
  stored(vehicle: string, ids: EventIds): void {
    this.#note(vehicle, ids, ({ stored }, seq) => stored.add(seq));
  }

  /** One can never be. */
  rejected(vehicle: string, ids: EventIds, problem: string): void {
    this.#note(vehicle, ids, ({ rejected }, seq) => {
      if (rejected.size < MOST_REJECTED) rejected.set(seq, problem);
    });
  }

  /** Tells what waits, without waiting for its time; nothing is told from here on. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const vehicles = [...this.#pending.keys()];
    await Promise.allSettled(vehicles.map((vehicle) => this.#tellNext(vehicle)));
    this.#pending.clear();
  }

  #note(vehicle: string, { trip_id, seq }: EventIds, note: (pending: Pending, seq: number) => void): void {
    if (trip_id === undefined || seq === undefined || !UUID.test(trip_id)) return;
    const trips = this.#pending.get(vehicle) ?? new Map<string, Pending>();
    this.#pending.set(vehicle, trips);
    const pending = trips.get(trip_id) ?? { stored: new SeqCollector(), rejected: new Map() };
    trips.set(trip_id, pending);
    if (trips.size > MOST_TRIPS) trips.delete(trips.keys().next().value as string);
    note(pending, seq);
    if (!this.#ended && !this.#timers.has(vehicle)) this.#schedule(vehicle, 0);
  }

  /** The first message leaves with the next turn of the event loop: it says what came together. */
  #schedule(vehicle: string, ms: number): void {
    this.#timers.set(
      vehicle,
      setTimeout(() => void this.#tick(vehicle), ms),
    );
  }

  async #tick(vehicle: string): Promise<void> {
    if (!this.#pending.has(vehicle)) {
      this.#timers.delete(vehicle);
      return;
    }
    this.#schedule(vehicle, this.#everyMs);
    await this.#tellNext(vehicle);
  }

  async #tellNext(vehicle: string): Promise<void> {
    const trips = this.#pending.get(vehicle);
    const [next] = trips ?? [];
    if (trips === undefined || next === undefined) return;
    const [trip_id, pending] = next;
    trips.delete(trip_id);
    if (trips.size === 0) this.#pending.delete(vehicle);
    const receipt: StoredReceipt = {
      trip_id,
      seqs: pending.stored.ranges,
      rejected: [...pending.rejected].map(([seq, problem]) => ({ seq, problem })),
    };
    try {
      await this.#publish(storedTopic(vehicle), JSON.stringify(receipt));
    } catch {
      if (!this.#ended) this.#again(vehicle, receipt);
    }
  }

  /** What did not arrive is told with what comes next. */
  #again(vehicle: string, { trip_id, seqs, rejected }: StoredReceipt): void {
    for (const [first, last] of seqs) {
      for (let seq = first; seq <= last; seq++) this.stored(vehicle, { trip_id, seq });
    }
    for (const { seq, problem } of rejected) this.rejected(vehicle, { trip_id, seq }, problem);
  }
}
