/** The shapes of answers, as OpenAPI names them. */
import { EVENT_SCHEMA, MANIFEST_SCHEMA } from '@fleet/contract';
import { ref } from '../route.ts';
import { CORRECTION_SCHEMAS } from './correction-docs.ts';

type Schema = object;

const text: Schema = { type: 'string' };
const time: Schema = { type: 'string', format: 'date-time' };
const number: Schema = { type: 'number' };
const integer: Schema = { type: 'integer' };
const uuid: Schema = { type: 'string', format: 'uuid' };
const seqRanges = list({ type: 'array', items: integer, minItems: 2, maxItems: 2 });

/** An object all of whose members are there. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** An object with signals beside its members. */
function withSignals(properties: Readonly<Record<string, Schema>>): Schema {
  const signals = { dtcs: list(text) };
  const whole = { type: 'object', properties: { ...properties, ...signals }, required: Object.keys(properties) };
  return { ...whole, additionalProperties: { ...number, description: 'A signal by its wire name' } };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

const { $schema: _dialect, $id: _eventId, ...event } = EVENT_SCHEMA;
const { $schema: _sameDialect, $id: _manifestId, ...manifest } = MANIFEST_SCHEMA;

const fault = object({ pointer: text, detail: text });
const scope: Schema = { anyOf: [{ const: '*' }, list(text)] };
const position = object({ lat: number, lon: number });

const trip = {
  trip_id: uuid,
  vehicle: text,
  name: orNull(text),
  note: orNull(text),
  /** Of the place where the trip starts, e.g. Europe/Berlin. */
  time_zone: orNull(text),
  started_at: time,
  ended_at: time,
  duration_s: number,
  moving_s: number,
  event_count: integer,
  distance_km: number,
  distance_gap_km: number,
  mean_speed_kph: orNull(number),
  max_speed_kph: orNull(number),
  first_position: orNull(position),
  last_position: orNull(position),
  bbox: orNull(list(number)),
  longest_gap: orNull(object({ seconds: number, from: time, to: time })),
  sources: list(object({ source: text, event_count: integer })),
  signals: list(text),
  made_by: { enum: ['device', 'server'] },
};

const device = object({
  id: text,
  name: text,
  role: text,
  vehicles: scope,
  created_at: time,
  last_seen_at: orNull(time),
  keys: list(object({ mqtt_user: text, created_at: time, expires_at: orNull(time) })),
});

const person = object({ id: text, name: text, role: text, vehicles: scope, created_at: time });

const share = object({
  id: text,
  label: text,
  vehicles: list(text),
  trip_id: orNull(uuid),
  created_at: time,
  expires_at: time,
});

const receipt = object({
  no: integer,
  sha256: text,
  size_bytes: integer,
  event_count: integer,
  accepted: integer,
  first_seq: orNull(integer),
  last_seq: orNull(integer),
  rejected: list(object({ line: integer, seq: orNull(integer), type: text, errors: list(fault) })),
  rejected_count: integer,
});

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  TelemetryEvent: event,
  Manifest: manifest,
  Problem: {
    type: 'object',
    properties: { type: text, title: text, status: integer, detail: text, errors: list(fault) },
    required: ['type', 'title', 'status', 'detail'],
  },
  StoredEvent: object({ trip_id: uuid, seq: integer }),
  BatchReport: object({
    accepted: integer,
    rejected: list(object({ index: integer, type: text, errors: list(fault) })),
    rejected_count: integer,
    trips: list(object({ vehicle: text, trip_id: uuid, event_count: integer })),
  }),
  AnnouncedTrip: object({ trip_id: uuid, vehicle: text }),
  ChunkReceipt: receipt,
  UploadStatus: object({
    trip_id: uuid,
    vehicle: text,
    started_at: orNull(text),
    completed: { type: 'boolean' },
    event_count: orNull(integer),
    chunks: list(receipt),
    seqs: seqRanges,
  }),
  VehicleList: object({
    vehicles: list(object({ vehicle: text, name: orNull(text), aliases: list(text), last_ts: orNull(time) })),
  }),
  Vehicle: object({ vehicle: text, name: orNull(text), aliases: list(text) }),
  Latest: withSignals({
    vehicle: text,
    name: orNull(text),
    trip_id: uuid,
    ts: time,
    older: { type: 'object', additionalProperties: time, description: 'When signals were measured that are older' },
  }),
  SignalLabels: object({ vehicle: text, labels: list(object({ signal: text, label: text, unit: text })) }),
  History: object({
    vehicle: text,
    signal: text,
    step_s: number,
    points: list(object({ ts: time, count: integer, mean: number, min: number, max: number })),
  }),
  Trip: object(trip),
  TripDetail: object({ ...trip, missing_seqs: orNull(seqRanges), missing_count: orNull(integer) }),
  TripList: object({ trips: list(ref('Trip')), next_cursor: orNull(text) }),
  TripEvents: object({
    trip_id: uuid,
    vehicle: text,
    events: list(withSignals({ ts: time, seq: integer, source: text })),
  }),
  Correction: {
    type: 'object',
    properties: { correction_id: uuid, undo_until: time },
    required: ['correction_id'],
  },
  CorrectionList: object({
    corrections: list({ oneOf: Object.values(CORRECTION_SCHEMAS) }),
  }),
  DeviceList: object({ devices: list(device) }),
  DeviceWithKey: {
    type: 'object',
    properties: { device, key: text, setup: ref('AppSetup') },
    required: ['device', 'key'],
  },
  AppSetup: object({ app: text, title: text, url: text, steps: list(text), link: orNull(text), qr_svg: text }),
  PersonList: object({ people: list(person) }),
  Invitation: object({ person, signin_url: text }),
  SignInLink: object({ signin_url: text }),
  ShareList: object({ shares: list(share) }),
  ShareWithUrl: object({ share, url: text }),
  WhoAmI: object({ name: text, role: text, vehicles: scope, trip_id: orNull(uuid) }),
  DeadLetterList: object({
    dead_letters: list(
      object({
        id: text,
        at: time,
        device: text,
        via: text,
        type: text,
        errors: list(fault),
        body: text,
        encoding: text,
        truncated: { type: 'boolean' },
      }),
    ),
    next_cursor: orNull(text),
    dropped: list(object({ device: text, count: integer })),
  }),
  Status: object({ status: text }),
  System: object({
    version: text,
    now: time,
    uptime_s: integer,
    store_bytes: integer,
    stored_events: integer,
    newest_ts: orNull(time),
    retention_s: orNull(number),
    backup: orNull(object({ verified_at: orNull(time), fault: orNull(text) })),
  }),
};
