/**
 * The topics of MQTT that all sides agree on. `<vehicle>` is any name of a vehicle.
 * @see docs/mqtt.md
 */
import { isVehicle } from './vehicle.ts';

/** Where a vehicle's events are published: one, an array, or lines of them. */
export function telemetryTopic(vehicle: string): string {
  return TELEMETRY + vehicle;
}

/** Where the server says which of a vehicle's events are stored. */
export function storedTopic(vehicle: string): string {
  return `stored/${vehicle}`;
}

/** Where the server says how a vehicle is now. */
export function stateTopic(vehicle: string): string {
  return `state/${vehicle}`;
}

/** `online` while the server publishes states, else `offline`; retained. */
export const STATUS_TOPIC = 'fleet/status';

/** The vehicle whose events a topic is for, as it is named there; undefined for another topic. */
export function vehicleOfTelemetry(topic: string): string | undefined {
  if (!topic.startsWith(TELEMETRY)) return undefined;
  const vehicle = topic.slice(TELEMETRY.length);
  return isVehicle(vehicle) ? vehicle : undefined;
}

/** What is stored now of one trip of a vehicle, as it is published on its `storedTopic`. */
export interface StoredReceipt {
  /** The device's trip, in lower case. */
  readonly trip_id: string;
  /** Consecutive seqs that are durable, both included. */
  readonly seqs: readonly (readonly [first: number, last: number])[];
  /** Seqs that can never be taken, with the problem's stable name. */
  readonly rejected: readonly { readonly seq: number; readonly problem: string }[];
}

const TELEMETRY = 'telemetry/';
