/**
 * Requests of apps and dongles that people already have. Their keys may stand in the path, since many apps can be given
 * nothing but an address: so no path of these is ever logged, counted or said back.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';
import type { AppRequest, Decoded, Format } from '../formats/format.ts';
import { FORMATS } from '../formats/formats.ts';
import { keepLabels } from '../formats/labels.ts';
import { withoutSecrets } from '../formats/secrets.ts';
import { faultsOf, takeCandidates } from '../formats/take.ts';
import { ProblemError } from '../ingest/problem-error.ts';
import { unpacked } from '../ingest/unpacked.ts';
import { admissionOf, type Services } from '../services.ts';
import { sendAnswer } from './answer.ts';
import { keyIn } from './authenticate.ts';
import { readBytes } from './body.ts';
import { formatDoc } from './docs/format-docs.ts';
import type { Exchange, Route } from './route.ts';

/** Longest address, bytes; Torque Pro's have been seen with 13.6 KiB. */
export const MAX_URL_BYTES = 16 * 1_024;

/** Largest body, unpacked. */
export const MAX_APP_BODY_BYTES = 2 ** 20;

/** Every address of every format, with its key in the path or in a header. */
export function formatRoutes(services: Services): Route[] {
  return FORMATS.flatMap((format) =>
    pathsOf(format).flatMap((path) =>
      format.methods.map((method) => ({
        method,
        path,
        access: 'write' as const,
        keyOf,
        handle: (exchange: Exchange) => take(services, format, exchange),
        doc: formatDoc(format),
      })),
    ),
  );
}

/** In the path, or in a header. */
function keyOf({ headers }: IncomingMessage, params: Readonly<Record<string, string>>): string | null {
  return params['key'] ?? keyIn(headers.authorization);
}

function pathsOf({ name, paths = [] }: Format): string[] {
  return [`/i/${name}/{key}`, `/i/${name}`, ...paths];
}

async function take(services: Services, format: Format, exchange: Exchange): Promise<void> {
  const { req, res, principal, query } = exchange;
  const sent = await readBytes(req, MAX_APP_BODY_BYTES);
  // First of all: where the clock can't be told, nothing can be said of what came.
  const admission = admissionOf(services, principal, 'live');
  const body = unpackedOf(req, sent);
  const now = services.now();
  const request = { query, headers: req.headers, now, latest: now + services.limits.maxAhead };
  const decoded = body.ok ? decodedBy(format, exchange, { ...request, body: body.value }) : body;
  if (!decoded.ok) {
    services.onRefused(decoded.error.slug);
    // Some say that they pack, and don't.
    const isPacked = !body.ok && !isUtf8(sent);
    const kept = isPacked ? sent : textOf(exchange, body.ok ? body.value : sent);
    await keepRaw(services, format, exchange, kept, decoded.error);
    sendAnswer(res, format.answers.bad);
    return;
  }
  const { candidates, labelling } = decoded.value;
  const { store, directory, deadLetters } = services;
  await takeCandidates({ store, directory, deadLetters, principal, admission, via: format.name }, candidates);
  if (labelling !== undefined) await keepLabels(services, principal, labelling);
  sendAnswer(res, format.answers.taken);
}

/** The body as it was before it was packed. Throws `payload-too-large`. */
function unpackedOf({ headers }: IncomingMessage, body: Buffer): Result<Buffer, Problem> {
  if (!/^(x-)?gzip$/i.test(headers['content-encoding'] ?? '')) return ok(body);
  try {
    return ok(unpacked(body, MAX_APP_BODY_BYTES));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.slug === 'malformed-body') return bad(error.problem);
    throw error;
  }
}

function decodedBy(format: Format, { req }: Exchange, request: AppRequest): Result<Decoded, Problem> {
  const isLong = Buffer.byteLength(req.url ?? '') > MAX_URL_BYTES;
  return isLong
    ? bad(problem('malformed-request', `the address is longer than ${MAX_URL_BYTES / 1_024} KiB`))
    : format.decode(request);
}

/** What was sent, as text without what must not be kept. */
function textOf({ req, params }: Exchange, body: Buffer): Buffer {
  const [, query = ''] = /\?(.*)/s.exec(req.url ?? '') ?? [];
  const text = [query, body.toString()].filter((part) => part !== '').join('\n');
  return Buffer.from(withoutSecrets(text, keyOf(req, params)));
}

/** Keeps a request that could not be read. */
function keepRaw(
  { deadLetters }: Services,
  { name: via }: Format,
  { principal }: Exchange,
  bytes: Buffer,
  found: Problem,
): Promise<void> {
  return deadLetters.keep({ device: principal.name, via, bytes, context: {}, ...quoteless(faultsOf(found)) });
}

/** Without what the parser quotes from the request. */
function quoteless({ slug, errors }: ReturnType<typeof faultsOf>): ReturnType<typeof faultsOf> {
  return {
    slug,
    errors: errors.map(({ pointer, detail }) => ({ pointer, detail: detail.replace(/(is not JSON): .*/s, '$1') })),
  };
}
