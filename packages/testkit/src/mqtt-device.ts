/** A device on MQTT that forgets an event only when a receipt names it, whatever its broker said; tells the ledger. */
import { type StoredReceipt, storedTopic, type TelemetryEvent, telemetryTopic } from '@fleet/contract';
import { connect, type MqttClient } from 'mqtt';
import type { Ledger } from './ledger.ts';
import { until } from './senders.ts';

export interface MqttDeviceOptions {
  /** Of the broker. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly vehicle: string;
  readonly ledger: Ledger;
}

/** Time after which an event without a receipt is sent again, milliseconds. */
const AGAIN_MS = 1_500;
/** Time between two looks at what is to be sent. */
const LOOK_MS = 50;
/** Events of the one message that is sent at each look: some hundred a second. */
const TOGETHER = 5;

export class MqttDevice {
  readonly #options: MqttDeviceOptions;
  readonly #client: MqttClient;
  /** What has no receipt, by trip and seq, and when it was last sent. */
  readonly #outbox = new Map<string, { readonly event: TelemetryEvent; sentAt: number }>();
  /** What was rejected, in words. */
  readonly rejected: string[] = [];

  constructor(options: MqttDeviceOptions) {
    const { url, user, password, vehicle } = options;
    this.#options = options;
    // A broker may learn of a new device later than the device itself.
    const again = { reconnectPeriod: 100, reconnectOnConnackError: true };
    this.#client = connect(url, { username: user, password, protocolVersion: 4, ...again });
    this.#client.on('error', () => {});
    this.#client.on('connect', () => this.#client.subscribe(storedTopic(vehicle), { qos: 1 }, () => {}));
    this.#client.on('message', (_topic, payload) => this.#hear(JSON.parse(payload.toString()) as StoredReceipt));
  }

  /** Sends events with ids; resolves when each has a receipt. */
  async send(events: readonly TelemetryEvent[], withinMs: number): Promise<void> {
    this.#options.ledger.sending(events);
    for (const event of events) this.#outbox.set(keyOf(event.trip_id ?? '', event.seq ?? 0), { event, sentAt: 0 });
    const looking = setInterval(() => this.#look(), LOOK_MS);
    try {
      await until(Date.now() + withinMs, async () => {
        if (this.#outbox.size > 0) throw new Error(`${this.#outbox.size} events have no receipt`);
      });
    } finally {
      clearInterval(looking);
    }
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }

  /** Sends what was not sent yet, or long ago. */
  #look(): void {
    if (!this.#client.connected) return;
    const now = Date.now();
    const due = [...this.#outbox.values()].filter(({ sentAt }) => now - sentAt > AGAIN_MS).slice(0, TOGETHER);
    if (due.length === 0) return;
    for (const entry of due) entry.sentAt = now;
    const payload = JSON.stringify(due.map(({ event }) => event));
    this.#client.publish(telemetryTopic(this.#options.vehicle), payload, { qos: 1 }, () => {});
  }

  #hear({ trip_id, seqs, rejected }: StoredReceipt): void {
    for (const [first, last] of seqs) {
      for (let seq = first; seq <= last; seq++) {
        const entry = this.#outbox.get(keyOf(trip_id, seq));
        if (entry === undefined) continue;
        this.#options.ledger.acknowledged([entry.event]);
        this.#outbox.delete(keyOf(trip_id, seq));
      }
    }
    for (const { seq, problem } of rejected) this.rejected.push(`${seq} ${problem}`);
  }
}

function keyOf(trip: string, seq: number): string {
  return `${trip} ${seq}`;
}
