/**
 * One event as JSON, with as little between its request and its commit as can be: no framework, one promise. Whatever a
 * request does otherwise (many events, gzip, a query) goes the general way, which answers just the same.
 * @see docs/adr/0006-the-hot-path-goes-around-express.md
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../access/principal.ts';
import { admit } from '../ingest/admit.ts';
import { storedOf } from '../ingest/ingest.ts';
import { orThrow } from '../ingest/problem-error.ts';
import { readBody } from '../ingest/read-event.ts';
import { MAX_JSON_BYTES, tooLarge } from '../ingest/unpacked.ts';
import { admissionOf, type Services } from '../services.ts';
import { sendJson } from './answer.ts';
import { requireRoom } from './body.ts';
import { ingestArray } from './ingest-route.ts';
import { fail, type RouteServer, type RouteServerParts } from './serve-route.ts';

/** Serves a request of the ingest route at a path that is plain JSON; any other goes to `general`. */
export function createHotIngest(
  services: Services,
  parts: RouteServerParts,
  path: string,
  general: RouteServer,
): RouteServer {
  const { authenticator, onFailure, tallies } = parts;
  const tally = tallies.route('post', `${path} (one)`);
  return (req, res) => {
    if (!isPlainJson(req)) return general(req, res, {});
    const began = performance.now();
    const answered = () => tally.add(res.statusCode, (performance.now() - began) / 1_000);
    const refuse = (error: unknown) => {
      fail(res, error, onFailure);
      answered();
    };
    try {
      const principal = authenticator.enter(req, 'write');
      requireRoom(req, MAX_JSON_BYTES);
      collect(req, (bytes) => take(services, principal, bytes, res).then(answered, refuse), refuse);
    } catch (error) {
      refuse(error);
    }
    return undefined;
  };
}

/** Resolves when the answer is out. */
function take(services: Services, principal: Principal, bytes: Buffer, res: ServerResponse): Promise<void> {
  try {
    const value = orThrow(readBody(bytes));
    const admission = admissionOf(services, principal, 'live');
    if (Array.isArray(value)) return ingestArray(services, value, admission, res);
    const event = orThrow(admit(value, admission));
    return services.store.write([event]).then(([result]) => sendJson(res, 200, orThrow(storedOf(event, result))));
  } catch (error) {
    return Promise.reject(error);
  }
}

function isPlainJson({ headers }: IncomingMessage): boolean {
  return headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined;
}

/** Gives the whole body on, or what is wrong with its size. */
function collect(req: IncomingMessage, whole: (bytes: Buffer) => void, refuse: (error: unknown) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_JSON_BYTES) chunks.push(chunk);
    else if (size - chunk.length <= MAX_JSON_BYTES) refuse(tooLarge(MAX_JSON_BYTES));
  });
  req.on('end', () => {
    if (size <= MAX_JSON_BYTES) whole(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
}
