/** What could not be taken from senders who don't read answers: to be looked at, mended and sent again. */
import type { IncomingMessage } from 'node:http';
import { formatTimestamp } from '@fleet/contract';
import type { Principal } from '../access/principal.ts';
import { parseJson } from '../ingest/decode.ts';
import { ingestOne } from '../ingest/ingest.ts';
import { orThrow } from '../ingest/problem-error.ts';
import type { DocumentQuery, RegistryDocument } from '../registry.ts';
import { admissionOf, type Services } from '../services.ts';
import { sendJson, sendNothing } from './answer.ts';
import { readDocument } from './body.ts';
import { DEAD_LETTERS_DOC, DELETE_LETTER_DOC, RESUBMIT_DOC } from './docs/access-docs.ts';
import { bound, type Exchange, integerIn, malformed, type Route, refused, single } from './route.ts';
import { sendList } from './send-list.ts';

const PAGE = { min: 1, max: 500, default: 50 };
/** Letters that are read and written at once: each may have 64 KiB. */
const PORTION = 20;

export function deadLetterRoutes(services: Services): Route[] {
  const to = bound(services);
  const letter = '/v1/dead-letters/{id}';
  return [
    { method: 'get', path: '/v1/dead-letters', access: 'admin', handle: to(list), doc: DEAD_LETTERS_DOC },
    { method: 'delete', path: letter, access: 'admin', handle: to(remove), doc: DELETE_LETTER_DOC },
    { method: 'post', path: `${letter}/resubmit`, access: 'admin', handle: to(resubmit), doc: RESUBMIT_DOC },
  ];
}

async function list({ registry }: Services, { res, query }: Exchange): Promise<void> {
  const device = single(query, 'device');
  const limit = integerIn(query, 'limit', PAGE);
  const before = cursorIn(single(query, 'cursor'));
  const owner = device !== undefined && { owner: device };
  const dropped = await registry.list('dead-letters-dropped', { ...owner });
  const wanted = { limit: limit + 1, ...owner, ...(before && { before }) };
  let left = limit;
  let last: RegistryDocument<'dead-letter'> | undefined;
  let more = false;
  const portions = async function* () {
    for await (const letters of registry.pages('dead-letter', wanted, PORTION)) {
      const shown = letters.slice(0, left);
      more = letters.length > left;
      left -= shown.length;
      last = shown.at(-1) ?? last;
      yield shown.map(letterToWire);
    }
  };
  await sendList(res, {
    name: 'dead_letters',
    portions: portions(),
    after: () => ({
      next_cursor: more && last !== undefined ? `${last.at}-${last.id}` : null,
      dropped: dropped.map(({ id, body }) => ({ device: id, count: body.count })),
    }),
  });
}

async function remove({ registry }: Services, { res, params }: Exchange): Promise<void> {
  const id = params['id'] ?? '';
  if (!(await registry.delete('dead-letter', id))) throw refused('not-found', `no dead letter ${id}`);
  sendNothing(res);
}

/**
 * Takes the letter in as the event that it should have been, or the one in the body instead of it. What the admin writes
 * is the admin's word; as it was sent it stays its device's, which speaks for its own vehicles only.
 */
async function resubmit(services: Services, { req, res, params, principal }: Exchange): Promise<void> {
  const letter = await services.registry.get('dead-letter', params['id'] ?? '');
  if (letter === undefined) throw refused('not-found', `no dead letter ${params['id']}`);
  const mended = hasBody(req) ? await readDocument(req) : undefined;
  const { body, encoding, device, context, slug } = letter.body;
  const event = mended ?? orThrow(parseJson(Buffer.from(body, encoding)));
  const isDevices = mended === undefined && slug === 'vehicle-not-allowed';
  const sender = isDevices ? senderNamed(services, device) : { ...principal, name: device };
  const admission = admissionOf(services, sender, 'offline');
  const whole = typeof event === 'object' && event !== null ? { ...context, ...event } : event;
  const stored = orThrow(await ingestOne(services.store, whole, admission));
  await services.registry.delete('dead-letter', letter.id);
  sendJson(res, 200, stored);
}

/** Whoever writes under a name now, for all vehicles that its keys are for. */
function senderNamed({ directory }: Services, name: string): Principal {
  const scopes = directory.writersNamed(name).map(({ vehicles }) => vehicles);
  const vehicles = scopes.includes('*') ? '*' : scopes.flat();
  return { id: '', name, role: 'device', vehicles, trip: null, session: null };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A place in the list, which holds also when the letter that was there is gone. */
function cursorIn(text: string | undefined): DocumentQuery['before'] {
  if (text === undefined) return undefined;
  const [, at, id] = /^(\d{1,15})-([0-9a-f]+)$/.exec(text) ?? [];
  if (at === undefined || id === undefined) throw malformed('cursor must be the next_cursor of a page');
  return { at: Number(at), id };
}

function letterToWire({ id, at, body }: RegistryDocument<'dead-letter'>) {
  const { device, via, slug, errors, body: text, encoding, truncated } = body;
  return { id, at: formatTimestamp(at), device, via, type: slug, errors, body: text, encoding, truncated };
}
