/**
 * One telemetry event on the wire: an envelope and what was measured at one instant.
 * @see docs/http-api.md, and schemas/event.v1.json, which is generated from here
 */
import {
  CUSTOM_SIGNAL_NAME,
  MAX_CUSTOM_SIGNALS,
  RESERVED_NAMES,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalName,
} from './signals.ts';
import { UUID } from './uuid.ts';
import { VEHICLE_ID, VIN } from './vehicle.ts';

/** The version of the event schema that this code speaks. */
export const SCHEMA_VERSION = 1;

/** Largest `seq`: the largest integer that JSON readers agree on (RFC 8259 §6). */
export const MAX_SEQ = Number.MAX_SAFE_INTEGER;

/** A diagnostic trouble code (SAE J2012), with its failure type byte where the car tells it: `P0301`, `U0100-87`. */
export const DTC = /^[PCBU][0-3][0-9A-F]{3}(?:-[0-9A-F]{2})?$/;

/** Most trouble codes in one event. */
export const MAX_DTCS = 64;

/** The envelope: who, when and in which order. */
export interface EventEnvelope {
  readonly schema_version?: typeof SCHEMA_VERSION;
  /** ISO 3779 VIN. One of `vin` and `vehicle_id` is there; `vin` counts when both are. */
  readonly vin?: string;
  readonly vehicle_id?: string;
  /** When it was measured, UTC, see `parseTimestamp`. */
  readonly ts: string;
  /** UUID that the device made when the trip began. Without it the server finds the trip by time. */
  readonly trip_id?: string;
  /** 1, 2, 3 … within the trip. */
  readonly seq?: number;
  /** Diagnostic trouble codes that the car reports now; `[]` says that there are none. */
  readonly dtcs?: readonly string[];
}

/** An event: envelope and signals. Custom signals are further numeric properties. */
export type TelemetryEvent = EventEnvelope & { readonly [name in SignalName]?: number };

/** The members of an event that are not signals. */
export const ENVELOPE_NAMES: readonly string[] = [
  'schema_version',
  'vin',
  'vehicle_id',
  'ts',
  'trip_id',
  'seq',
  'dtcs',
] satisfies (keyof EventEnvelope)[];

const forbiddenNames = RESERVED_NAMES.filter((name) => !ENVELOPE_NAMES.includes(name));

/** JSON Schema 2020-12 of an event. Two rules are beyond it: the calendar of `ts`, and how many signals are custom. */
export const EVENT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:fleet-telemetry:schema:event:v1',
  title: 'Telemetry event, version 1',
  description: `Further numeric properties named ${CUSTOM_SIGNAL_NAME.source} are custom signals, at most ${MAX_CUSTOM_SIGNALS}.`,
  type: 'object',
  properties: {
    schema_version: { const: SCHEMA_VERSION },
    vin: { type: 'string', pattern: VIN.source, description: 'ISO 3779 VIN' },
    vehicle_id: { type: 'string', pattern: VEHICLE_ID.source },
    ts: { type: 'string', maxLength: 35, description: 'UTC, ISO 8601, not before 2010' },
    trip_id: { type: 'string', pattern: UUID.source, description: 'UUID made by the device' },
    seq: { type: 'integer', minimum: 1, maximum: MAX_SEQ },
    dtcs: { type: 'array', maxItems: MAX_DTCS, items: { type: 'string', pattern: DTC.source } },
    ...Object.fromEntries(SIGNAL_NAMES.map((name) => [name, signalSchema(name)])),
    ...Object.fromEntries(forbiddenNames.map((name) => [name, false])),
  },
  required: ['ts'],
  anyOf: [{ required: ['vin'] }, { required: ['vehicle_id'] }],
  dependentRequired: { lat: ['lon'], lon: ['lat'] },
  additionalProperties: { type: 'number' },
  propertyNames: { pattern: CUSTOM_SIGNAL_NAME.source },
  not: { propertyNames: { enum: ENVELOPE_NAMES } },
  examples: [{ vehicle_id: 'golf', ts: '2025-11-04T12:00:00Z', lat: 49.5891, lon: 8.6527, speed_kph: 82.4, rpm: 2350 }],
} as const;

function signalSchema(name: SignalName): object {
  const { min, max, unit, label } = SIGNALS[name];
  return { type: 'number', minimum: min, maximum: max, description: unit === '' ? label : `${label}, ${unit}` };
}
