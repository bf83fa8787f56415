/** Bodies of requests: what they are, unpacked and within bounds. */
import type { IncomingMessage } from 'node:http';
import { problem } from '@fleet/contract';
import { parseJson } from '../ingest/decode.ts';
import { gunzip } from '../ingest/gunzip.ts';
import { type JsonBounds, parseWithin } from '../ingest/json-bounds.ts';
import { orThrow, ProblemError } from '../ingest/problem-error.ts';
import { MAX_JSON_BYTES, tooLarge, unpacked } from '../ingest/unpacked.ts';

/** Largest body of NDJSON or of a chunk, as it is sent. */
export const MAX_STREAM_BYTES = 8 * 2 ** 20;

/** What a body claims to be. */
export interface BodyKind {
  readonly format: 'json' | 'ndjson';
  readonly gzip: boolean;
}

const MEDIA_TYPES: Readonly<Record<string, BodyKind>> = {
  '': { format: 'json', gzip: false },
  'application/json': { format: 'json', gzip: false },
  'application/x-ndjson': { format: 'ndjson', gzip: false },
  'application/ndjson': { format: 'ndjson', gzip: false },
  'application/x-ndjson+gzip': { format: 'ndjson', gzip: true },
};

/** What the headers say of a body. Throws `unsupported-media-type`. */
export function bodyKindOf({ headers }: IncomingMessage): BodyKind {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const kind = MEDIA_TYPES[type];
  if (kind === undefined) {
    throw unsupported(`${type} is not understood: send application/json or application/x-ndjson`);
  }
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'gzip' && encoding !== 'identity') throw unsupported(`${encoding} is not understood: send gzip`);
  return { format: kind.format, gzip: kind.gzip || encoding === 'gzip' };
}

/** A whole JSON body with events as a value. Throws `ProblemError`. */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  return orThrow(parseJson(await readJsonBytes(req)));
}

/** Bounds of a document: a manifest of two thousand chunks, which is as many as fit into a body, has 13,000 values. */
const DOCUMENT: JsonBounds = { values: 20_000, members: 20_000 };

/** A JSON body with anything but many events as a value. Throws `ProblemError`. */
export async function readDocument(req: IncomingMessage, most = MAX_JSON_BYTES): Promise<unknown> {
  return orThrow(parseWithin(await readJsonBytes(req, most), DOCUMENT));
}

async function readJsonBytes(req: IncomingMessage, most = MAX_JSON_BYTES): Promise<Buffer> {
  const { format, gzip } = bodyKindOf(req);
  if (format !== 'json') throw unsupported('this address takes application/json');
  const bytes = await readBytes(req, most);
  return gzip ? unpacked(bytes, most) : bytes;
}

/** The fields of a form that a browser sent. */
export function parseForm(bytes: Buffer): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(bytes.toString()));
}

/** A body as it comes, unpacked where it is packed. Throws `ProblemError`. */
export function readStream(req: IncomingMessage, { gzip }: BodyKind): AsyncIterable<Buffer> {
  const bytes = bounded(req, MAX_STREAM_BYTES);
  return gzip ? gunzip(bytes) : bytes;
}

/** The bytes of a body, no more than so many. Throws `payload-too-large`. */
export async function* bounded(req: IncomingMessage, most: number): AsyncGenerator<Buffer> {
  requireRoom(req, most);
  let bytes = 0;
  try {
    // Ending early must not end the connection: the answer has to go out on it.
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > most) throw tooLarge(most);
      yield chunk;
    }
  } catch (error) {
    throw req.destroyed && !req.complete ? endedTooEarly() : error;
  }
}

/** Reads a small body by events: an async iterator would cost the hot path a fifth of its time. */
export function readBytes(req: IncomingMessage, most = MAX_JSON_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    requireRoom(req, most);
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) reject(tooLarge(most));
      else chunks.push(chunk);
    });
    req.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on('error', (error) => reject(req.complete ? error : endedTooEarly()));
    req.on('close', () => {
      if (!req.complete) reject(endedTooEarly());
    });
  });
}

/** Refuses a body that says of itself that it is too large, before any of it came. Throws `payload-too-large`. */
export function requireRoom({ headers }: IncomingMessage, most: number): void {
  if (Number(headers['content-length'] ?? 0) > most) throw tooLarge(most);
}

/** The sender went away: nobody reads the answer, but it is no failure of the server. */
function endedTooEarly(): ProblemError {
  return new ProblemError(problem('malformed-body', 'the body ended too early'));
}

function unsupported(detail: string): ProblemError {
  return new ProblemError(problem('unsupported-media-type', detail));
}
