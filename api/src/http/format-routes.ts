/**
 * Requests of apps and dongles that people already have. Their keys may stand in the path, since many apps can be given
 * nothing but an address: so no path of these is ever logged, counted or said back.
 */
import type { IncomingMessage } from 'node:http';
import { type Problem, problem } from '@fleet/contract';
import type { Format } from '../formats/format.ts';
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
        keyOf: (req: IncomingMessage, params: Readonly<Record<string, string>>) =>
          params['key'] ?? keyIn(req.headers.authorization),
        handle: (exchange: Exchange) => take(services, format, exchange),
        doc: formatDoc(format),
      })),
    ),
  );
}

function pathsOf({ name, paths = [] }: Format): string[] {
  return [`/i/${name}/{key}`, `/i/${name}`, ...paths];
}

async function take(services: Services, format: Format, exchange: Exchange): Promise<void> {
  const { req, res, principal, query } = exchange;
  const bytes = await readBytes(req, MAX_APP_BODY_BYTES);
  // First of all: where the clock can't be told, nothing can be said of what came.
  const admission = admissionOf(services, principal, 'live');
  const request = {
    query,
    headers: req.headers,
    now: services.now(),
    latest: services.now() + services.limits.maxAhead,
  };
  const decoded = decodedBy(format, exchange, bytes, request);
  if (!decoded.ok) {
    services.onRefused(decoded.error.slug);
    await keepRaw(services, format, exchange, bytes, decoded.error);
    sendAnswer(res, format.answers.bad);
    return;
  }
  const { candidates, labelling } = decoded.value;
  const { store, directory, deadLetters } = services;
  await takeCandidates({ store, directory, deadLetters, principal, admission, via: format.name }, candidates);
  if (labelling !== undefined) await keepLabels(services, principal, labelling);
  sendAnswer(res, format.answers.taken);
}

function decodedBy(
  format: Format,
  { req }: Exchange,
  bytes: Buffer,
  request: Omit<Parameters<Format['decode']>[0], 'body'>,
): ReturnType<Format['decode']> {
  const length = Buffer.byteLength(req.url ?? '');
  if (length > MAX_URL_BYTES) {
    return {
      ok: false,
      error: problem('malformed-request', `the address is longer than ${MAX_URL_BYTES / 1_024} KiB`),
    };
  }
  try {
    return format.decode({ ...request, body: isGzip(req) ? unpacked(bytes, MAX_APP_BODY_BYTES) : bytes });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.slug === 'malformed-body')
      return { ok: false, error: error.problem };
    throw error;
  }
}

function isGzip({ headers }: IncomingMessage): boolean {
  return /^(x-)?gzip$/i.test(headers['content-encoding'] ?? '');
}

/** Keeps a request that could not be read, without what must not be kept. */
function keepRaw(
  { deadLetters }: Services,
  { name: via }: Format,
  { req, principal, params }: Exchange,
  body: Buffer,
  found: Problem,
): Promise<void> {
  const [, query = ''] = /\?(.*)/s.exec(req.url ?? '') ?? [];
  const text = [query, isGzip(req) ? '' : body.toString()].filter((part) => part !== '').join('\n');
  const bytes = isGzip(req) ? body : Buffer.from(withoutSecrets(text, params['key']));
  return deadLetters.keep({ device: principal.name, via, bytes, context: {}, ...quoteless(faultsOf(found)) });
}

/** Without what the parser quotes from the request. */
function quoteless({ slug, errors }: ReturnType<typeof faultsOf>): ReturnType<typeof faultsOf> {
  return {
    slug,
    errors: errors.map(({ pointer, detail }) => ({ pointer, detail: detail.replace(/(is not JSON): .*/s, '$1') })),
  };
}
