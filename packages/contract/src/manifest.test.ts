import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { MAX_SEQ } from './event.ts';
import { MANIFEST_SCHEMA, MAX_CHUNK_NO } from './manifest.ts';

const matches = new Ajv2020({ allErrors: true, strictRequired: false }).compile(MANIFEST_SCHEMA);

const sha256 = '0123456789abcdefABCDEF'.padEnd(64, '0');
const chunk = { no: 1, first_seq: 1, last_seq: 900, size_bytes: 214_532, sha256 };

/** The example of the product's description. */
const SEED_MANIFEST = {
  schema_version: 1,
  vin: 'WAUZZZFY0R1234567',
  trip_id: 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c',
  started_at: '2025-11-04T11:53:12Z',
  ended_at: '2025-11-04T12:21:44Z',
  event_count: 3481,
  chunks: [
    chunk,
    { no: 2, first_seq: 901, last_seq: 1800, size_bytes: 209_331, sha256 },
    { no: 3, first_seq: 1801, last_seq: 3481, size_bytes: 301_223, sha256 },
  ],
};

const { vin: _vin, ended_at: _end, schema_version: _version, ...optional } = SEED_MANIFEST;

describe('the schema of a manifest', () => {
  test.each<[string, object]>([
    ['the example', SEED_MANIFEST],
    ['a vehicle id, and no end yet', { ...optional, vehicle_id: 'golf' }],
    ['a trip without events', { ...SEED_MANIFEST, event_count: 0, chunks: [] }],
    ['the last chunk that there may be', { ...SEED_MANIFEST, chunks: [{ ...chunk, no: MAX_CHUNK_NO }] }],
    ['further members, for devices to come', { ...SEED_MANIFEST, firmware: '1.2' }],
  ])('takes %s', (_what, manifest) => {
    expect([matches(manifest), matches.errors]).toEqual([true, null]);
  });

  test.each<[string, unknown]>([
    ['text', 'manifest'],
    ['no vehicle', optional],
    ['a VIN with an O', { ...SEED_MANIFEST, vin: 'WAUZZZFYOR1234567' }],
    ['another version', { ...SEED_MANIFEST, schema_version: 2 }],
    ['a trip id that is no UUID', { ...SEED_MANIFEST, trip_id: 'monday' }],
    ['a negative count', { ...SEED_MANIFEST, event_count: -1 }],
    ['no chunks at all', { ...SEED_MANIFEST, chunks: undefined }],
    ['null for the end', { ...SEED_MANIFEST, ended_at: null }],
  ])('refuses %s', (_what, manifest) => {
    expect(matches(JSON.parse(JSON.stringify(manifest)))).toBe(false);
  });

  test.each<[string, object]>([
    ['number 0', { no: 0 }],
    ['a number beyond the last', { no: MAX_CHUNK_NO + 1 }],
    ['a first seq of 0', { first_seq: 0 }],
    ['a seq beyond what JSON readers agree on', { last_seq: MAX_SEQ + 1 }],
    ['no bytes', { size_bytes: 0 }],
    ['a digest that is too short', { sha256: sha256.slice(1) }],
    ['a digest with a G', { sha256: sha256.replace('a', 'g') }],
  ])('refuses a chunk with %s', (_what, wrong) => {
    expect(matches({ ...SEED_MANIFEST, chunks: [{ ...chunk, ...wrong }] })).toBe(false);
  });

  test.each(['trip_id', 'started_at', 'event_count', 'chunks'])('asks for %s', (name) => {
    expect(matches({ ...SEED_MANIFEST, [name]: undefined })).toBe(false);
    expect(matches.errors).toMatchObject([{ keyword: 'required', params: { missingProperty: name } }]);
  });
});
