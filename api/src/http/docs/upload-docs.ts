/** What OpenAPI says of offline uploads. */
import { SHA256, UUID, VEHICLE_ID, VIN } from '@fleet/contract';
import { type RouteDoc, ref } from '../route.ts';

/** `?vehicle=`, where an id alone does not say which. */
export const VEHICLE_PARAMETER = {
  description: 'The vehicle, where several have a trip of this id',
  schema: { type: 'string', pattern: VEHICLE_ID.source },
};

/** The body of an announcement. */
export const ANNOUNCEMENT_SCHEMA = {
  type: 'object',
  properties: {
    vin: { type: 'string', pattern: VIN.source },
    vehicle_id: { type: 'string', pattern: VEHICLE_ID.source },
    trip_id: { type: 'string', pattern: UUID.source },
    started_at: { type: 'string', maxLength: 35 },
    meta: { description: 'Whatever the device wants to be kept' },
  },
  anyOf: [{ required: ['vin'] }, { required: ['vehicle_id'] }],
  examples: [
    { vehicle_id: 'golf', trip_id: 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c', started_at: '2025-11-04T11:53:12Z' },
  ],
} as const;

export const ANNOUNCE_DOC: RouteDoc = {
  tag: 'Offline upload',
  summary: 'Announce a trip',
  description: 'Again with the same id changes nothing. Without an id the server makes one.',
  body: { 'application/json': ANNOUNCEMENT_SCHEMA },
  answers: {
    201: { 'application/json': ref('AnnouncedTrip') },
    200: { 'application/json': ref('AnnouncedTrip') },
  },
  problems: ['vehicle-not-allowed', 'invalid-request'],
};

export const PUT_CHUNK_DOC: RouteDoc = {
  tag: 'Offline upload',
  summary: 'Send a chunk of a trip',
  description:
    'NDJSON, one event a line, gzipped. Again, in any order and at the same time as others is safe. A line that is ' +
    'no valid event is named and kept as a dead letter; the others are stored.',
  query: { vehicle: VEHICLE_PARAMETER },
  headers: {
    'X-Chunk-SHA256': {
      description: 'SHA-256 of the body as it is sent, hexadecimal',
      schema: { type: 'string', pattern: SHA256.source },
      required: true,
    },
    'Idempotency-Key': { description: '`{trip_id}:{no}`', schema: { type: 'string' } },
  },
  body: {
    'application/x-ndjson+gzip': { type: 'string', contentMediaType: 'application/gzip' },
    'application/x-ndjson': { type: 'string', description: 'Plain, or with Content-Encoding: gzip' },
  },
  answers: { 200: { 'application/json': ref('ChunkReceipt') } },
  problems: [
    'vehicle-not-allowed',
    'trip-not-found',
    'ambiguous-trip',
    'chunk-conflict',
    'payload-too-large',
    'unsupported-media-type',
    'digest-mismatch',
    'invalid-chunk',
    'store-unavailable',
  ],
};

export const COMPLETE_DOC: RouteDoc = {
  tag: 'Offline upload',
  summary: 'Complete a trip with its manifest',
  description: 'Answers 409 with what is nowhere: missing and differing chunks, uncovered seqs.',
  query: { vehicle: VEHICLE_PARAMETER },
  body: { 'application/json': ref('Manifest') },
  answers: { 200: { 'application/json': ref('UploadStatus') } },
  problems: ['trip-not-found', 'ambiguous-trip', 'manifest-mismatch', 'invalid-manifest'],
};

export const UPLOAD_STATUS_DOC: RouteDoc = {
  tag: 'Offline upload',
  summary: 'What of a trip is here',
  query: { vehicle: VEHICLE_PARAMETER },
  answers: { 200: { 'application/json': ref('UploadStatus') } },
  problems: ['trip-not-found', 'ambiguous-trip'],
};
