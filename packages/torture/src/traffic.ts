/** Cars that drive and send without end, in every way there is, sometimes again, until they are stopped. */
import { randomUUID } from 'node:crypto';
import type { TelemetryEvent } from '@fleet/contract';
import { integerBetween, Ledger, type Random, Refused, type Target, TRANSPORTS, type Transport } from '@fleet/testkit';

const LANES = 6;
const MOST_IN_REQUEST = 60;
/** Time between two tries of a request, milliseconds. */
const RETRY_MS = 20;
const FIRST_TS = Date.UTC(2025, 0, 1);
const KINDS: readonly Transport[] = Object.values(TRANSPORTS);

export class Traffic {
  readonly ledger = new Ledger();
  readonly #target: Target;
  readonly #random: Random;
  readonly #lanes: Promise<void>[];
  #stopped = false;
  #acknowledged = 0;
  #refused: string | undefined;

  constructor(target: Target, random: Random) {
    this.#target = target;
    this.#random = random;
    this.#lanes = Array.from({ length: LANES }, (_, lane) => this.#drive(new Car(`car-${lane}`)));
  }

  /** Events that were acknowledged so far, each once. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** What the server refused, which it should not have. */
  get refused(): string | undefined {
    return this.#refused;
  }

  /** Sends no more; resolves when the last request was acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
  }

  async #drive(car: Car): Promise<void> {
    let last: readonly TelemetryEvent[] = [];
    while (!this.#stopped) {
      const again = last.length > 0 && this.#random() < 0.2;
      const events = again ? last : car.next(integerBetween(this.#random, 1, MOST_IN_REQUEST));
      const kind = events.length > 5 ? integerBetween(this.#random, 1, KINDS.length - 1) : 0;
      this.ledger.sending(events);
      if (!(await this.#deliver(KINDS[kind] as Transport, events))) return;
      this.ledger.acknowledged(events);
      if (!again) this.#acknowledged += events.length;
      last = events;
    }
  }

  /** Tries until it works; false where the server said no, which ends the lane. */
  async #deliver(transport: Transport, events: readonly TelemetryEvent[]): Promise<boolean> {
    for (;;) {
      try {
        await transport(this.#target, events);
        return true;
      } catch (error) {
        if (error instanceof Refused) {
          this.#refused ??= error.message;
          return false;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** A car with a dongle that numbers its events, and begins a trip every few thousand. */
export class Car {
  readonly #vehicle: string;
  #trip = randomUUID();
  #seq = 0;
  #ts = FIRST_TS;

  constructor(vehicle: string) {
    this.#vehicle = vehicle;
  }

  next(count: number): TelemetryEvent[] {
    if (this.#seq > 2_000) {
      this.#trip = randomUUID();
      this.#seq = 0;
      this.#ts += 3_600_000;
    }
    return Array.from({ length: count }, () => {
      this.#seq++;
      this.#ts += 1_000;
      const values = { speed_kph: this.#seq % 130, rpm: 800 + (this.#seq % 3_000), coolant_c: this.#seq % 90 };
      return {
        vehicle_id: this.#vehicle,
        trip_id: this.#trip,
        seq: this.#seq,
        ts: new Date(this.#ts).toISOString(),
        ...values,
      };
    });
  }
}
