/** The records of what people changed about trips: listed, taken back, taken over from another server. */
import { UUID } from '@fleet/contract';
import type { Services } from '../services.ts';
import { sendJson, sendNothing } from './answer.ts';
import { readDocument } from './body.ts';
import { correctionFromWire, correctionToWire } from './correction-wire.ts';
import { CORRECTIONS_DOC, PUT_CORRECTION_DOC, UNDO_DOC } from './docs/correction-docs.ts';
import { bound, type Exchange, malformed, type Route, refused } from './route.ts';
import { sendList } from './send-list.ts';

/** How long a deleted trip can be brought back. */
export const UNDO_MS = 86_400_000;

/** Corrections that are read and written at once: one may have thousands of parts. */
const PORTION = 10;

export function correctionRoutes(services: Services): Route[] {
  const to = bound(services);
  const path = '/v1/corrections/{id}';
  return [
    { method: 'get', path: '/v1/corrections', access: 'admin', handle: to(list), doc: CORRECTIONS_DOC },
    { method: 'put', path, access: 'admin', handle: to(put), doc: PUT_CORRECTION_DOC },
    { method: 'delete', path, access: 'admin', handle: to(undo), doc: UNDO_DOC },
  ];
}

async function list({ registry }: Services, { res }: Exchange): Promise<void> {
  const portions = async function* () {
    for await (const documents of registry.pages('correction', {}, PORTION)) {
      yield documents.map(({ id, body }) => ({ id, ...correctionToWire(body) }));
    }
  };
  await sendList(res, { name: 'corrections', portions: portions() });
}

async function put({ registry }: Services, { req, res, params }: Exchange): Promise<void> {
  const id = (params['id'] ?? '').toLowerCase();
  if (!UUID.test(id)) throw malformed('the id in the path must be a UUID');
  const body = correctionFromWire(await readDocument(req));
  const { vehicle: owner, made_at: at } = body;
  const created = await registry.create({ kind: 'correction', id, owner, at, body });
  sendJson(res, created ? 201 : 200, { correction_id: id });
}

async function undo({ registry, now }: Services, { res, params }: Exchange): Promise<void> {
  const id = params['id'] ?? '';
  const document = await registry.get('correction', id);
  if (document === undefined) throw refused('not-found', `no correction ${id}`);
  const { kind, made_at } = document.body;
  if (kind === 'delete' && now() - made_at >= UNDO_MS) {
    throw refused('conflict', 'the trip was deleted too long ago: its events are gone');
  }
  await registry.delete('correction', id);
  sendNothing(res);
}
