/** People who sign in with a browser, links to show things to others, and browser sessions. */
import { randomUUID } from 'node:crypto';
import { formatTimestamp } from '@fleet/contract';
import { digestOf, newKey } from '../access/key.ts';
import type { PersonRecord } from '../access/records.ts';
import type { RegistryDocument } from '../registry.ts';
import type { Services } from '../services.ts';
import { sendJson, sendNothing } from './answer.ts';
import { readDocument } from './body.ts';
import { createCheck } from './check.ts';
import {
  ADD_PERSON_DOC,
  ADD_SHARE_DOC,
  INVITE_DOC,
  NEW_PERSON_SCHEMA,
  NEW_SHARE_SCHEMA,
  PEOPLE_DOC,
  REMOVE_PERSON_DOC,
  REVOKE_SHARE_DOC,
  SHARES_DOC,
} from './docs/access-docs.ts';
import { bound, type Exchange, type Route, refused } from './route.ts';

/** How long an invitation is good: it is sent to somebody who may read it tomorrow. */
const INVITATION_MS = 7 * 86_400_000;
const SHARE_HOURS = 24;

export function peopleRoutes(services: Services): Route[] {
  const to = bound(services);
  const person = '/v1/people/{id}';
  return [
    { method: 'get', path: '/v1/people', access: 'admin', handle: to(list), doc: PEOPLE_DOC },
    { method: 'post', path: '/v1/people', access: 'admin', handle: to(add), doc: ADD_PERSON_DOC },
    { method: 'post', path: `${person}/invite`, access: 'admin', handle: to(invite), doc: INVITE_DOC },
    { method: 'delete', path: person, access: 'admin', handle: to(remove), doc: REMOVE_PERSON_DOC },
    { method: 'get', path: '/v1/shares', access: 'admin', handle: to(listShares), doc: SHARES_DOC },
    { method: 'post', path: '/v1/shares', access: 'admin', handle: to(share), doc: ADD_SHARE_DOC },
    { method: 'delete', path: '/v1/shares/{id}', access: 'admin', handle: to(unshare), doc: REVOKE_SHARE_DOC },
  ];
}

interface WantedShare {
  readonly vehicle: string;
  readonly trip_id?: string;
  readonly label?: string;
  readonly hours?: number;
}

const checkPerson = createCheck<PersonRecord>(NEW_PERSON_SCHEMA, 'invalid-request');
const checkShare = createCheck<WantedShare>(NEW_SHARE_SCHEMA, 'invalid-request');

async function list({ registry }: Services, { res }: Exchange): Promise<void> {
  sendJson(res, 200, { people: (await registry.list('person')).map(personToWire) });
}

async function add(services: Services, { req, res }: Exchange): Promise<void> {
  const { name, role, vehicles } = checkPerson(await readDocument(req));
  const id = randomUUID();
  const person = { kind: 'person', id, owner: '', at: services.now(), body: { name, role, vehicles } } as const;
  await services.registry.create(person);
  await services.directory.refresh();
  sendJson(res, 201, { person: personToWire(person), signin_url: invitation(services, req, id) });
}

async function invite(services: Services, { req, res, params }: Exchange): Promise<void> {
  const id = params['id'] ?? '';
  if ((await services.registry.get('person', id)) === undefined) throw refused('not-found', `no person ${id}`);
  sendJson(res, 200, { signin_url: invitation(services, req, id) });
}

async function remove({ registry, directory }: Services, { res, params }: Exchange): Promise<void> {
  const id = params['id'] ?? '';
  if (!(await registry.delete('person', id))) throw refused('not-found', `no person ${id}`);
  await directory.refresh();
  sendNothing(res);
}

async function listShares({ registry }: Services, { res }: Exchange): Promise<void> {
  sendJson(res, 200, { shares: (await registry.list('share')).map(shareToWire) });
}

async function share(services: Services, { req, res }: Exchange): Promise<void> {
  const { vehicle, trip_id, label = '', hours = SHARE_HOURS } = checkShare(await readDocument(req));
  const token = newKey();
  const document: RegistryDocument<'share'> = {
    kind: 'share',
    id: randomUUID(),
    owner: '',
    at: services.now(),
    body: {
      label: label || `link to ${vehicle}`,
      vehicles: [services.directory.resolve(vehicle)],
      trip_id: trip_id?.toLowerCase() ?? null,
      sha256: digestOf(token),
      expires_at: services.now() + hours * 3_600_000,
    },
  };
  await services.registry.create(document);
  await services.directory.refresh();
  const path = trip_id === undefined ? '/' : `/trips/${trip_id}`;
  sendJson(res, 201, { share: shareToWire(document), url: `${services.publicUrl(req)}${path}?share=${token}` });
}

async function unshare({ registry, directory }: Services, { res, params }: Exchange): Promise<void> {
  const id = params['id'] ?? '';
  if (!(await registry.delete('share', id))) throw refused('not-found', `no share ${id}`);
  await directory.refresh();
  sendNothing(res);
}

function invitation({ signIn, publicUrl }: Services, asked: Exchange['req'], person: string): string {
  return `${publicUrl(asked)}/signin?token=${signIn.invite(person, INVITATION_MS)}`;
}

function personToWire({ id, at, body }: RegistryDocument<'person'>) {
  return { id, ...body, created_at: formatTimestamp(at) };
}

function shareToWire({ id, at, body }: RegistryDocument<'share'>) {
  const { label, vehicles, trip_id, expires_at } = body;
  return { id, label, vehicles, trip_id, created_at: formatTimestamp(at), expires_at: formatTimestamp(expires_at) };
}
