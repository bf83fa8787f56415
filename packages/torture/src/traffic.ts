/** Cars that drive and send without end, in every way there is, sometimes again, until they are stopped. */
import { randomUUID } from 'node:crypto';
import type { TelemetryEvent } from '@fleet/contract';
import { integerBetween, Ledger, type Random, Refused, type Target, TRANSPORTS, type Transport } from '@fleet/testkit';

const LANES = 6;
const MOST_IN_REQUEST = 60;
/** Time between two tries of a request, milliseconds. */
const RETRY_MS = 100;
const FIRST_TS = Date.UTC(2025, 0, 1);

export interface TrafficOptions {
  /** Each request goes to one of them. */
  readonly targets: readonly Target[];
  readonly random: Random;
  /** For few events, then for any number of them. @default those of HTTP */
  readonly transports?: readonly Transport[];
  /** Cars that send at the same time. @default 6 */
  readonly lanes?: number;
}

export class Traffic {
  readonly ledger = new Ledger();
  readonly #targets: readonly Target[];
  readonly #transports: readonly Transport[];
  readonly #random: Random;
  readonly #lanes: Promise<void>[];
  #stopped = false;
  #refused: string | undefined;
  #failures = 0;

  constructor({ targets, random, transports = Object.values(TRANSPORTS), lanes = LANES }: TrafficOptions) {
    this.#targets = targets;
    this.#transports = transports;
    this.#random = random;
    this.#lanes = Array.from({ length: lanes }, (_, lane) => this.#drive(new Car(carOf(lane))));
  }

  /** How often a try came to nothing. */
  get failures(): number {
    return this.#failures;
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
      const many = this.#transports.slice(1);
      const transport = events.length > 5 && many.length > 0 ? this.#one(many) : (this.#transports[0] as Transport);
      this.ledger.sending(events);
      if (!(await this.#deliver(transport, events))) return;
      this.ledger.acknowledged(events);
      last = events;
    }
  }

  /** Tries until it works; false where the server said no, which ends the lane. */
  async #deliver(transport: Transport, events: readonly TelemetryEvent[]): Promise<boolean> {
    for (;;) {
      try {
        await transport(this.#one(this.#targets), events);
        return true;
      } catch (error) {
        if (error instanceof Refused) {
          this.#refused ??= error.message;
          return false;
        }
        this.#failures++;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  #one<T>(items: readonly T[]): T {
    return items[integerBetween(this.#random, 0, items.length - 1)] as T;
  }
}

/** The name of the car in a lane. */
export function carOf(lane: number): string {
  return `car-${lane}`;
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
