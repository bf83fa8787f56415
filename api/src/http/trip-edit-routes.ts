/** What people change about trips afterwards. */
import { randomUUID } from 'node:crypto';
import { formatTimestamp, parseTimestamp } from '@fleet/contract';
import type { Services } from '../services.ts';
import { type Correction, combineCorrections } from '../trips/corrections.ts';
import { EVER, hull } from '../trips/span.ts';
import { anchorOf, type Part, type Trip } from '../trips/trip.ts';
import { sendJson } from './answer.ts';
import { readDocument } from './body.ts';
import { createCheck } from './check.ts';
import { UNDO_MS } from './correction-routes.ts';
import { DELETE_DOC, EDIT_SCHEMAS, MERGE_DOC, NAME_DOC, SPLIT_DOC } from './docs/trip-edit-docs.ts';
import { bound, type Exchange, malformed, type Route, refused } from './route.ts';
import { type FoundTrip, findTrip } from './scope.ts';

export function tripEditRoutes(services: Services): Route[] {
  const to = bound(services);
  const trip = '/v1/trips/{trip_id}';
  return [
    { method: 'patch', path: trip, access: 'admin', handle: to(name), doc: NAME_DOC },
    { method: 'delete', path: trip, access: 'admin', handle: to(remove), doc: DELETE_DOC },
    { method: 'post', path: `${trip}/split`, access: 'admin', handle: to(split), doc: SPLIT_DOC },
    { method: 'post', path: `${trip}/merge`, access: 'admin', handle: to(merge), doc: MERGE_DOC },
  ];
}

const checkName = createCheck<{ name?: string; note?: string }>(EDIT_SCHEMAS.name, 'invalid-request');
const checkSplit = createCheck<{ at: string }>(EDIT_SCHEMAS.split, 'invalid-request');
const checkMerge = createCheck<{ with: string }>(EDIT_SCHEMAS.merge, 'invalid-request');

async function name(services: Services, exchange: Exchange): Promise<void> {
  const wanted = checkName(await readDocument(exchange.req));
  const found = await findTrip(services, exchange, '');
  if (found === undefined) return;
  const { trip } = found;
  await correct(services, exchange, found, { kind: 'name', span: trip, anchor: anchorOf(trip), ...wanted });
}

async function remove(services: Services, exchange: Exchange): Promise<void> {
  const found = await findTrip(services, exchange, '');
  if (found === undefined) return;
  const { vehicle, trip } = found;
  const undo_until = formatTimestamp(services.now() + UNDO_MS);
  const { walls } = combineCorrections(await correctionsOf(services, vehicle));
  const parts = trip.parts.map((part) => (part.trip === null ? part : upToWalls(part, walls)));
  await correct(services, exchange, found, { kind: 'delete', trip_id: trip.id, span: trip, parts }, { undo_until });
}

async function split(services: Services, exchange: Exchange): Promise<void> {
  const { at: text } = checkSplit(await readDocument(exchange.req));
  const at = parseTimestamp(text);
  if (typeof at === 'string') throw malformed(`at ${at}`);
  const found = await findTrip(services, exchange, '/split');
  if (found === undefined) return;
  const { trip } = found;
  if (at <= trip.from || at > trip.to) throw refused('invalid-request', 'at must lie within the trip, after its start');
  await correct(services, exchange, found, { kind: 'split', at, span: { from: at - 1, to: at } });
}

async function merge(services: Services, exchange: Exchange): Promise<void> {
  const { with: otherId } = checkMerge(await readDocument(exchange.req));
  const found = await findTrip(services, exchange, '/merge');
  if (found === undefined) return;
  const other = await tripNow(services, found.vehicle, otherId.toLowerCase());
  if (other === undefined) throw refused('trip-not-found', `${found.vehicle} has no trip ${otherId}`);
  if (other.id === found.trip.id) throw refused('invalid-request', `${otherId} is this trip already`);
  await correct(services, exchange, found, { kind: 'merge', span: hull(found.trip, other) });
}

/** The trip that an id leads to now, whatever it was called before. */
async function tripNow({ store }: Services, vehicle: string, tripId: string): Promise<Trip | undefined> {
  const found = await store.trip(tripId, [vehicle]);
  const now = found.kind === 'moved' ? await store.trip(found.trip_id, [vehicle]) : found;
  return now.kind === 'found' ? now.trip : undefined;
}

type CorrectionBody<C = Correction> = C extends Correction ? Omit<C, 'vehicle' | 'made_at'> : never;

async function correct(
  services: Services,
  { res }: Exchange,
  { vehicle }: FoundTrip,
  body: CorrectionBody,
  more: object = {},
): Promise<void> {
  const id = randomUUID();
  const now = services.now();
  const { from, to } = body.span;
  const correction = { ...body, span: { from, to }, vehicle, made_at: now } as Correction;
  await services.registry.create({ kind: 'correction', id, owner: vehicle, at: now, body: correction });
  sendJson(res, 200, { correction_id: id, ...more });
}

async function correctionsOf({ registry, directory }: Services, vehicle: string): Promise<Correction[]> {
  const owners = directory.namesOf(vehicle);
  const documents = await Promise.all(owners.map((owner) => registry.list('correction', { owner })));
  return documents.flat().map(({ body }) => body);
}

/** Of a device's trip that is deleted, events that come later are deleted too, up to where it was split. */
function upToWalls(part: Part, walls: readonly number[]): Part {
  const before = walls.filter((wall) => wall <= part.from);
  const behind = walls.filter((wall) => wall > part.to).map((wall) => wall - 1);
  return { ...part, from: Math.max(EVER.from, ...before), to: Math.min(EVER.to, ...behind) };
}
