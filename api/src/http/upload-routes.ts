/** Offline uploads: announce a trip, send its chunks, complete it. */
import { createHash } from 'node:crypto';
import { MANIFEST_SCHEMA, MAX_CHUNK_NO, type Manifest, parseTimestamp, problem, SHA256, UUID } from '@fleet/contract';
import type { Admission } from '../ingest/admit.ts';
import { gunzip } from '../ingest/gunzip.ts';
import { orThrow, ProblemError } from '../ingest/problem-error.ts';
import { admissionOf, type Services } from '../services.ts';
import type { ReceivedChunk } from '../uploads/put-chunk.ts';
import type { ReceiptRecord, UploadRecord } from '../uploads/records.ts';
import type { SpooledBody } from '../uploads/spool.ts';
import type { Announcement } from '../uploads/uploads.ts';
import { sendJson } from './answer.ts';
import { bodyKindOf, bounded, MAX_STREAM_BYTES, readDocument } from './body.ts';
import { createCheck } from './check.ts';
import {
  ANNOUNCE_DOC,
  ANNOUNCEMENT_SCHEMA,
  COMPLETE_DOC,
  PUT_CHUNK_DOC,
  UPLOAD_STATUS_DOC,
} from './docs/upload-docs.ts';
import { bound, type Exchange, malformed, type Route, refused, single } from './route.ts';
import { inPortions, sendList } from './send-list.ts';

export function uploadRoutes(services: Services): Route[] {
  const trip = '/v1/trips/{trip_id}';
  const to = bound(services);
  return [
    { method: 'post', path: '/v1/trips', access: 'write', handle: to(announce), doc: ANNOUNCE_DOC },
    { method: 'put', path: `${trip}/chunks/{no}`, access: 'write', handle: to(putChunk), doc: PUT_CHUNK_DOC },
    { method: 'post', path: `${trip}/complete`, access: 'write', handle: to(complete), doc: COMPLETE_DOC },
    { method: 'get', path: `${trip}/upload`, access: 'write', handle: to(status), doc: UPLOAD_STATUS_DOC },
  ];
}

/** How a gzip begins. @see RFC 1952, 2.3.1 */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** Receipts that are written at once: one may name a thousand lines. */
const PORTION = 8;

const checkAnnouncement = createCheck<Announcement>(ANNOUNCEMENT_SCHEMA, 'invalid-request');
const checkManifestForm = createCheck<Manifest>(MANIFEST_SCHEMA, 'invalid-manifest');

async function announce(services: Services, { req, res, principal }: Exchange): Promise<void> {
  const announcement = checkAnnouncement(await readDocument(req));
  checkTime(announcement.started_at, '/started_at', 'invalid-request');
  const announced = await services.uploads.announce(announcement, admissionOf(services, principal, 'offline'));
  const { upload, created } = orThrow(announced);
  const vehicle = services.directory.resolve(upload.vehicle);
  sendJson(res, created ? 201 : 200, { trip_id: upload.trip_id, vehicle });
}

async function putChunk(services: Services, exchange: Exchange): Promise<void> {
  const { req, res, params } = exchange;
  const no = chunkNo(params['no'] ?? '');
  checkIdempotencyKey(req.headers['idempotency-key'], `${tripIdIn(exchange)}:${no}`);
  const announced = digestIn(req.headers['x-chunk-sha256']);
  const { format, gzip } = bodyKindOf(req);
  if (format !== 'ndjson') throw refused('unsupported-media-type', 'a chunk is application/x-ndjson, gzipped');
  const admission = admissionOf(services, exchange.principal, 'offline');
  const upload = await findUpload(services, exchange, admission);
  const body = await services.spool.open();
  try {
    const { sha256, size_bytes, beginsAsGzip } = await receive(exchange, body);
    if (sha256 !== announced) throw refused('digest-mismatch', `the body has the SHA-256 ${sha256}`);
    // No line begins like a gzip. Unpacked whatever is said of it, its digest alone tells what is in it.
    const lines = () => (gzip || beginsAsGzip ? unpacked(body.read()) : body.read());
    const chunk: ReceivedChunk = { no, sha256, size_bytes, lines };
    sendJson(res, 200, receiptToWire(orThrow(await services.uploads.putChunk(upload, chunk, admission))));
  } finally {
    await body.remove();
  }
}

async function complete(services: Services, exchange: Exchange): Promise<void> {
  const admission = admissionOf(services, exchange.principal, 'offline');
  const upload = await findUpload(services, exchange, admission);
  const manifest = checkManifestForm(await readDocument(exchange.req));
  checkTime(manifest.started_at, '/started_at', 'invalid-manifest');
  checkTime(manifest.ended_at, '/ended_at', 'invalid-manifest');
  checkBelongs(manifest, upload, admission);
  const completed = orThrow(await services.uploads.complete(upload, manifest));
  await sendStatus(services, exchange, completed);
}

async function status(services: Services, exchange: Exchange): Promise<void> {
  const upload = await findUpload(services, exchange, admissionOf(services, exchange.principal, 'offline'));
  await sendStatus(services, exchange, upload);
}

async function sendStatus({ uploads, directory }: Services, { res }: Exchange, upload: UploadRecord): Promise<void> {
  const { receipts, seqs } = await uploads.status(upload);
  await sendList(res, {
    before: { ...uploadToWire(upload), vehicle: directory.resolve(upload.vehicle) },
    name: 'chunks',
    portions: inPortions(receipts, PORTION, receiptToWire),
    after: () => ({ seqs }),
  });
}

async function findUpload(services: Services, exchange: Exchange, admission: Admission): Promise<UploadRecord> {
  return orThrow(await services.uploads.find(tripIdIn(exchange), single(exchange.query, 'vehicle'), admission));
}

/** The lines of a packed chunk. That it can't be unpacked is a fault of the chunk, like a wrong digest. */
async function* unpacked(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* gunzip(body);
  } catch (error) {
    const badGzip = error instanceof ProblemError && error.problem.slug === 'malformed-body';
    throw badGzip ? new ProblemError({ ...error.problem, slug: 'invalid-chunk' }) : error;
  }
}

/** A body that was kept aside. */
interface Received {
  readonly sha256: string;
  readonly size_bytes: number;
  readonly beginsAsGzip: boolean;
}

/** Keeps the body aside while it comes in. */
async function receive({ req }: Exchange, body: SpooledBody): Promise<Received> {
  const hash = createHash('sha256');
  let size_bytes = 0;
  let head = Buffer.alloc(0);
  for await (const bytes of bounded(req, MAX_STREAM_BYTES)) {
    hash.update(bytes);
    size_bytes += bytes.length;
    if (head.length < GZIP_MAGIC.length) head = Buffer.concat([head, bytes.subarray(0, GZIP_MAGIC.length)]);
    await body.append(bytes);
  }
  const beginsAsGzip = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
  return { sha256: hash.digest('hex'), size_bytes, beginsAsGzip };
}

function tripIdIn({ params }: Exchange): string {
  const tripId = (params['trip_id'] ?? '').toLowerCase();
  if (!UUID.test(tripId)) throw malformed('the trip id in the path must be a UUID');
  return tripId;
}

function chunkNo(text: string): number {
  const no = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN;
  if (no <= MAX_CHUNK_NO) return no;
  throw malformed(`the chunk number in the path must be from 1 to ${MAX_CHUNK_NO}`);
}

function digestIn(header: string | string[] | undefined): string {
  if (typeof header === 'string' && SHA256.test(header)) return header.toLowerCase();
  throw malformed('the header X-Chunk-SHA256 must have the SHA-256 of the body, 64 hexadecimal digits');
}

/** The draft standard has the value in quotes, the first devices send it bare. */
function checkIdempotencyKey(header: string | string[] | undefined, expected: string): void {
  if (header !== undefined && `${header}`.replaceAll('"', '').toLowerCase() !== expected) {
    throw malformed(`the header Idempotency-Key must be ${expected}, as the path says`);
  }
}

function checkTime(text: string | undefined, pointer: string, slug: 'invalid-request' | 'invalid-manifest'): void {
  const fault = text === undefined ? 0 : parseTimestamp(text);
  if (typeof fault === 'string')
    throw new ProblemError(problem(slug, `${pointer} ${fault}`, [{ pointer, detail: fault }]));
}

/** A manifest must be of the trip and the vehicle that it is sent for. */
function checkBelongs(manifest: Manifest, upload: UploadRecord, { speaker }: Admission): void {
  const claimed = manifest.vin ?? manifest.vehicle_id ?? '';
  const faults = [
    ...(manifest.trip_id.toLowerCase() === upload.trip_id
      ? []
      : [{ pointer: '/trip_id', detail: `is not ${upload.trip_id}` }]),
    ...(speaker.resolve(claimed) === speaker.resolve(upload.vehicle)
      ? []
      : [{ pointer: '', detail: `is of vehicle ${claimed}, the trip of ${upload.vehicle}` }]),
  ];
  const [first] = faults;
  if (first !== undefined)
    throw new ProblemError(problem('invalid-manifest', `${first.pointer || 'the manifest'} ${first.detail}`, faults));
}

function receiptToWire({ no, event_count, rejected, rejected_count, seqs, size_bytes, sha256 }: ReceiptRecord) {
  return {
    no,
    sha256: sha256.at(-1),
    size_bytes,
    event_count,
    accepted: event_count - rejected_count,
    first_seq: seqs[0]?.[0] ?? null,
    last_seq: seqs.at(-1)?.[1] ?? null,
    rejected: rejected.map(({ line, seq, slug, errors }) => ({ line, seq, type: slug, errors })),
    rejected_count,
  };
}

function uploadToWire({ trip_id, started_at, completed }: UploadRecord) {
  const event_count = completed?.manifest.event_count ?? null;
  return { trip_id, started_at, completed: completed !== null, event_count };
}
