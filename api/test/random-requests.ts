/** Requests at random: mostly nearly right, so that they come far. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** The trip that some of them are about. */
export const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const SHA256 = '0'.repeat(64);

/** What is sent. */
export interface RandomRequest {
  /** Whose key is sent: a good one, or just this text. */
  readonly credential: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const SAMPLES: readonly unknown[] = [
  {
    vehicle_id: 'golf',
    ts: '2025-11-04T12:00:00Z',
    trip_id: TRIP,
    seq: 2,
    lat: 47,
    lon: 8,
    speed_kph: 50,
    dtcs: ['P0301'],
  },
  [{ vin: 'WAUZZZFY0R1234567', ts: '2025-11-04T12:00:00Z', rpm: 900 }, 7],
  { vin: 'WAUZZZFY0R1234567', trip_id: TRIP, started_at: '2025-11-04T11:00:00Z', meta: { app: 1 } },
  {
    vehicle_id: 'golf',
    trip_id: TRIP,
    started_at: '2025-11-04T11:00:00Z',
    event_count: 1,
    chunks: [{ no: 1, first_seq: 1, last_seq: 1, size_bytes: 9, sha256: SHA256 }],
  },
  { name: 'dongle', vehicles: ['golf'], role: 'device', expires_at: '2025-12-01T00:00:00Z' },
  { name: 'Anna', role: 'viewer', vehicles: '*' },
  { vehicle: 'golf', trip_id: TRIP, hours: 1, label: 'x' },
  { name: 'Golf', aliases: ['mk4'] },
  { name: 'To work', note: 'rain' },
  { at: '2025-11-04T11:30:00Z' },
  { with: TRIP },
  { token: 'a.b' },
];

const anything = fc.oneof(
  fc.constantFrom(...SAMPLES),
  fc.jsonValue({ maxDepth: 4 }),
  fc
    .tuple(fc.constantFrom(...SAMPLES), fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 })))
    .map(([sample, changes]) => ({ ...(sample as object), ...changes })),
);

/** Bytes with others in the place of some. */
function damaged(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  return fc.tuple(bytes, fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 12 })).map(([whole, place, left, put]) => {
    const at = whole.length === 0 ? 0 : place % whole.length;
    return Buffer.concat([whole.subarray(0, at), put, whole.subarray(at + left)]);
  });
}

const json = anything.map((value) => Buffer.from(JSON.stringify(value)));
const lines = fc
  .array(json, { maxLength: 4 })
  .map((all) => Buffer.concat(all.flatMap((line) => [line, Buffer.from('\n')])));
const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all));
const plain = fc.oneof(json, lines, bytes, damaged(json), fc.constant(Buffer.alloc(0)));
const packed = plain.map((body) => gzipSync(body));
const body = fc.oneof(plain, packed, damaged(packed));

const printable = fc.string({
  unit: fc.constantFrom(...Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at))),
  maxLength: 30,
});
const type = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'application/x-ndjson',
    'application/x-ndjson+gzip',
    'application/x-www-form-urlencoded',
  ),
  printable,
);
const cookie = printable.map((value) => `fleet_session=${value}`);
const headers = fc
  .record(
    {
      'content-type': type,
      'content-encoding': fc.oneof(fc.constantFrom('gzip', 'identity', 'br', ''), printable),
      accept: fc.oneof(fc.constantFrom('text/csv', 'application/gpx+xml;q=0.5, */*;q=0.1', 'image/png', ''), printable),
      cookie: fc.oneof(cookie, printable),
      'idempotency-key': fc.oneof(fc.constant(`${TRIP}:1`), printable),
      'x-chunk-sha256': fc.oneof(fc.constant(SHA256), printable),
      'sec-fetch-site': fc.constantFrom('cross-site', 'same-origin'),
      'x-forwarded-for': printable,
      range: fc.constantFrom('bytes=0-1', 'bytes=99999999-', 'bytes=x'),
      'if-match': printable,
      expect: fc.constantFrom('100-continue'),
    },
    { requiredKeys: [] },
  )
  .map((some) => Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)));

/** Mostly a good key, so that requests come further. */
const credential = fc.oneof(
  { weight: 6, arbitrary: fc.constant('admin') },
  { weight: 3, arbitrary: fc.constant('device') },
  { weight: 1, arbitrary: printable },
);

/** What may stand in a path. */
export const parameter = fc.oneof(
  fc.constantFrom(
    'golf',
    'polo',
    TRIP,
    TRIP.toUpperCase(),
    '1',
    '0',
    '%00',
    '%',
    '%2e%2e',
    '%F0%9F%9A%97',
    '__proto__',
    'constructor',
  ),
  printable.map((text) => encodeURIComponent(text)),
);
const value = fc.oneof(
  fc.constantFrom(
    'golf',
    TRIP,
    '2025-11-04T11:00:00Z',
    '2025-02-31T00:00:00Z',
    '0',
    '-1',
    '2',
    '1e9',
    '1m',
    '1d',
    'rpm',
    'rpm,lat',
    'W10',
    '%',
    '%ff',
    '',
  ),
  printable.map((text) => encodeURIComponent(text)),
);
const name = fc.constantFrom(
  'vehicle',
  'from',
  'to',
  'limit',
  'cursor',
  'fields',
  'max_points',
  'signal',
  'step',
  'share',
  'device',
  'token',
  'x',
);
/** A place in a list as clients send it back, or nearly. */
const cursor = fc
  .tuple(fc.oneof(fc.double(), fc.maxSafeInteger()), fc.string(), fc.oneof(fc.constant(TRIP), fc.string()))
  .map((place) => `cursor=${Buffer.from(JSON.stringify(place)).toString('base64url')}`);
const query = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.tuple(name, value).map((pair) => pair.join('=')) },
      { weight: 1, arbitrary: cursor },
    ),
    {
      maxLength: 4,
    },
  )
  .map((all) => all.join('&'));

/** Requests to these paths, by these methods. */
export function randomRequests(path: fc.Arbitrary<string>, method: fc.Arbitrary<string>): fc.Arbitrary<RandomRequest> {
  return fc.record({ path, method, query, headers, credential, body }).map((made) => ({
    ...made,
    path: made.query === '' ? made.path : `${made.path}?${made.query}`,
    body: made.method === 'GET' || made.method === 'HEAD' ? Buffer.alloc(0) : made.body,
  }));
}
