/**
 * The manifest of an offline upload: what the device says the trip consists of.
 * @see docs/http-api.md, and schemas/manifest.v1.json, which is generated from here
 */
import { MAX_SEQ, SCHEMA_VERSION } from './event.ts';
import { UUID } from './uuid.ts';
import { VEHICLE_ID, VIN } from './vehicle.ts';

/** Largest chunk number. */
export const MAX_CHUNK_NO = 100_000;

/** A SHA-256 digest in hexadecimal. */
export const SHA256 = /^[0-9a-fA-F]{64}$/;

/** One chunk as the manifest lists it. */
export interface ManifestChunk {
  /** 1, 2, 3 … in any order. */
  readonly no: number;
  readonly first_seq: number;
  readonly last_seq: number;
  /** Length of the compressed chunk. */
  readonly size_bytes: number;
  /** SHA-256 of the compressed chunk, hexadecimal. */
  readonly sha256: string;
}

/** What a device sends to complete a trip. */
export interface Manifest {
  readonly schema_version?: typeof SCHEMA_VERSION;
  readonly vin?: string;
  readonly vehicle_id?: string;
  readonly trip_id: string;
  readonly started_at: string;
  readonly ended_at?: string;
  readonly event_count: number;
  readonly chunks: readonly ManifestChunk[];
}

const seq = { type: 'integer', minimum: 1, maximum: MAX_SEQ } as const;
const time = { type: 'string', maxLength: 35, description: 'UTC, ISO 8601' } as const;

/** JSON Schema 2020-12 of a manifest. Beyond it: chunks do not overlap, numbers are used once, `event_count` fits. */
export const MANIFEST_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:fleet-telemetry:schema:manifest:v1',
  title: 'Manifest of an offline upload, version 1',
  type: 'object',
  properties: {
    schema_version: { const: SCHEMA_VERSION },
    vin: { type: 'string', pattern: VIN.source },
    vehicle_id: { type: 'string', pattern: VEHICLE_ID.source },
    trip_id: { type: 'string', pattern: UUID.source },
    started_at: time,
    ended_at: time,
    event_count: { type: 'integer', minimum: 0, maximum: MAX_SEQ },
    chunks: {
      type: 'array',
      maxItems: MAX_CHUNK_NO,
      items: {
        type: 'object',
        properties: {
          no: { type: 'integer', minimum: 1, maximum: MAX_CHUNK_NO },
          first_seq: seq,
          last_seq: seq,
          size_bytes: { type: 'integer', minimum: 1 },
          sha256: { type: 'string', pattern: SHA256.source },
        },
        required: ['no', 'first_seq', 'last_seq', 'size_bytes', 'sha256'],
      },
    },
  },
  required: ['trip_id', 'started_at', 'event_count', 'chunks'],
  anyOf: [{ required: ['vin'] }, { required: ['vehicle_id'] }],
  examples: [
    {
      vehicle_id: 'golf',
      trip_id: 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c',
      started_at: '2025-11-04T11:53:12Z',
      ended_at: '2025-11-04T12:21:44Z',
      event_count: 900,
      chunks: [{ no: 1, first_seq: 1, last_seq: 900, size_bytes: 214_532, sha256: '0123456789abcdef'.repeat(4) }],
    },
  ],
} as const;
