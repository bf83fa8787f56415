/** Browser sessions: a link is exchanged for a cookie. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '../services.ts';
import { sendJson, sendNothing } from './answer.ts';
import { isForged, SESSION_COOKIE } from './authenticate.ts';
import { parseForm, readBytes, readDocument } from './body.ts';
import { createCheck } from './check.ts';
import { END_SESSION_DOC, OPEN_SESSION_DOC, SESSION_DOC, SESSION_SCHEMA } from './docs/access-docs.ts';
import { bound, type Exchange, type Route, refused } from './route.ts';

export function sessionRoutes(services: Services): Route[] {
  const to = bound(services);
  return [
    { method: 'post', path: '/v1/session', access: 'open', handle: to(open), doc: OPEN_SESSION_DOC },
    { method: 'get', path: '/v1/session', access: 'open', handle: whoami, doc: SESSION_DOC },
    { method: 'delete', path: '/v1/session', access: 'open', handle: to(close), doc: END_SESSION_DOC },
  ];
}

/** Largest body: a token is short, and anybody may send one. */
const MOST_BYTES = 16 * 1_024;

const checkSession = createCheck<{ token: string }>(SESSION_SCHEMA, 'invalid-request');

async function open(services: Services, { req, res }: Exchange): Promise<void> {
  if (isForged(req, services.publicUrl())) throw refused('forbidden', 'this request came from another site');
  const form = (req.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const { token } = checkSession(
    form ? parseForm(await readBytes(req, MOST_BYTES)) : await readDocument(req, MOST_BYTES),
  );
  const session = await services.signIn.open(token);
  if (session === undefined && form) return seeOther(res, '/signin');
  if (session === undefined)
    throw refused('unauthorized', 'this link was used already, or is too old: npx fleet signin makes another');
  const maxAge = Math.floor((session.expires_at - services.now()) / 1_000);
  res.setHeader('set-cookie', cookie(services, req, session.token, maxAge));
  if (form) seeOther(res, '/');
  else sendNothing(res);
}

/** Leads a browser on: a person reads pages, not problems. */
function seeOther(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'content-length': 0 }).end();
}

function whoami({ res, principal }: Exchange): void {
  if (principal.id === '') throw refused('unauthorized', 'nobody is signed in');
  const { name, role, vehicles, trip } = principal;
  sendJson(res, 200, { name, role, vehicles, trip_id: trip?.trip_id ?? null });
}

async function close(services: Services, { req, res, principal }: Exchange): Promise<void> {
  if (principal.session !== null) await services.signIn.close(principal.session);
  res.setHeader('set-cookie', cookie(services, req, '', 0));
  sendNothing(res);
}

function cookie({ isSecure }: Services, req: IncomingMessage, value: string, maxAge: number): string {
  const attributes = [
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${maxAge}`,
    ...(isSecure(req) ? ['Secure'] : []),
  ];
  return [`${SESSION_COOKIE}=${value}`, ...attributes].join('; ');
}
