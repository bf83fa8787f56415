/** Who may do what: every route of the server against everybody who may ask. A new route fails this until it is here. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addDevice } from '../src/access/devices.ts';
import { OWNER } from '../src/access/tokens.ts';
import { FORMATS } from '../src/formats/formats.ts';
import { allRoutes } from '../src/http/routes.ts';
import { createGoodRequests, GOLF_TRIP, type GoodRequests } from './good-requests.ts';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.now();

/** Everybody who may ask. The car in question is the golf. */
const ASKERS = [
  'nobody',
  'a wrong key',
  'an expired key',
  "the golf's device",
  "the polo's device",
  'API_KEY',
  "the golf's viewer",
  "the polo's viewer",
  'a viewer of all',
  'an admin',
  'a link to the golf',
  'a link to the trip',
  'a link to another trip',
  "a session of the golf's viewer",
  'a session of an admin',
] as const;

/** What each kind of route answers each of them, in their order; `ok` is the good answer. */
// biome-ignore format: a column for each of them
const POLICIES = {
  //               nobody wrong exp   golf  polo  API   golf  polo  all   admin golf  trip  other golf  admin
  open:            ['ok',  401, 401,  'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
  'who am I':      [ 401,  401, 401,  'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'],
  write:           [ 401,  401, 401,  'ok',  403, 'ok',  403,  403,  403, 'ok',  403,  403,  403,  403, 'ok'],
  'an app':        [ 401,  401, 401,  'ok', 'ok', 'ok',  403,  403,  403, 'ok',  401,  401,  401,  401,  401],
  'send a trip':   [ 401,  401, 401,  'ok',  404, 'ok',  403,  403,  403, 'ok',  403,  403,  403,  403, 'ok'],
  'read a list':   [ 401,  401, 401,   403,  403,  403, 'ok', 'ok', 'ok', 'ok', 'ok',  403,  403, 'ok', 'ok'],
  'read the car':  [ 401,  401, 401,   403,  403,  403, 'ok',  403, 'ok', 'ok', 'ok',  403,  403, 'ok', 'ok'],
  'read the trip': [ 401,  401, 401,   403,  403,  403, 'ok',  404, 'ok', 'ok', 'ok', 'ok',  403, 'ok', 'ok'],
  'read all':      [ 401,  401, 401,   403,  403,  403,  403,  403, 'ok', 'ok',  403,  403,  403,  403, 'ok'],
  admin:           [ 401,  401, 401,   403,  403,  403,  403,  403,  403, 'ok',  403,  403,  403,  403, 'ok'],
} as const satisfies Record<string, readonly ('ok' | number)[]>;

/** The kind of each route, and the status of its good answer. */
const ROUTES: Readonly<Record<string, readonly [policy: keyof typeof POLICIES, ok: number]>> = {
  'POST /v1/ingest': ['write', 200],
  'POST /ingest': ['write', 200],
  'POST /v1/import': ['admin', 200],
  'POST /v1/trips': ['write', 200],
  'PUT /v1/trips/{trip_id}/chunks/{no}': ['send a trip', 200],
  'POST /v1/trips/{trip_id}/complete': ['send a trip', 200],
  'GET /v1/trips/{trip_id}/upload': ['send a trip', 200],
  'GET /v1/vehicles': ['read a list', 200],
  'GET /v1/vehicles/{vehicle}/latest': ['read the car', 200],
  'GET /v1/vehicles/{vehicle}/history': ['read the car', 200],
  'GET /v1/vehicles/{vehicle}/labels': ['read the car', 200],
  'GET /v1/trips': ['read a list', 200],
  'GET /v1/live': ['read a list', 200],
  'GET /v1/trips/{trip_id}': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events.json': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events.ndjson': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events.csv': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events.gpx': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events.geojson': ['read the trip', 200],
  'GET /v1/trips/{trip_id}/events.import': ['read the trip', 200],
  'PATCH /v1/trips/{trip_id}': ['admin', 200],
  'DELETE /v1/trips/{trip_id}': ['admin', 200],
  'POST /v1/trips/{trip_id}/split': ['admin', 200],
  'POST /v1/trips/{trip_id}/merge': ['admin', 200],
  'GET /v1/corrections': ['admin', 200],
  'PUT /v1/corrections/{id}': ['admin', 200],
  'DELETE /v1/corrections/{id}': ['admin', 204],
  'PUT /v1/vehicles/{vehicle}': ['admin', 200],
  'DELETE /v1/vehicles/{vehicle}': ['admin', 204],
  'GET /v1/devices': ['admin', 200],
  'POST /v1/devices': ['admin', 201],
  'POST /v1/devices/{id}/rotate': ['admin', 200],
  'POST /v1/devices/{id}/revoke-old-keys': ['admin', 204],
  'DELETE /v1/devices/{id}': ['admin', 204],
  'GET /v1/people': ['admin', 200],
  'POST /v1/people': ['admin', 201],
  'POST /v1/people/{id}/invite': ['admin', 200],
  'DELETE /v1/people/{id}': ['admin', 204],
  'GET /v1/shares': ['admin', 200],
  'POST /v1/shares': ['admin', 201],
  'DELETE /v1/shares/{id}': ['admin', 204],
  'GET /v1/dead-letters': ['admin', 200],
  'DELETE /v1/dead-letters/{id}': ['admin', 204],
  'POST /v1/dead-letters/{id}/resubmit': ['admin', 200],
  'POST /v1/session': ['open', 204],
  'GET /v1/session': ['who am I', 200],
  'DELETE /v1/session': ['open', 204],
  'GET /healthz': ['open', 200],
  'GET /readyz': ['open', 200],
  'GET /metrics': ['read all', 200],
  'GET /v1/system': ['admin', 200],
};

/** Apps say who they are with their key, in the path or a header, and with nothing else. */
const APP_ROUTES = Object.fromEntries(
  FORMATS.flatMap(({ name, paths = [], methods, answers }) =>
    [`/i/${name}/{key}`, `/i/${name}`, ...paths].flatMap((path) =>
      methods.map((method) => [`${method.toUpperCase()} ${path}`, ['an app', answers.taken.status]] as const),
    ),
  ),
);

const ALL_ROUTES = { ...ROUTES, ...APP_ROUTES };

/** How somebody says who they are. */
interface Credential {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
}

let server: TestServer;
let requests: GoodRequests;
let credentials: Readonly<Record<(typeof ASKERS)[number], () => Promise<Credential>>>;
beforeAll(async () => {
  server = await startTestServer({ API_KEY: 'the-seed-key', TRUST_PROXY: 'loopback' }, { now: () => NOW });
  requests = await createGoodRequests(server, NOW);
  const link = async (trip_id?: string) => {
    const { body } = await server.request('/v1/shares', { body: { vehicle: 'golf', ...(trip_id && { trip_id }) } });
    const query = new URL(body.url).search.slice(1);
    return async () => ({ query });
  };
  const expired = { name: 'old', role: 'device', vehicles: '*', expires_at: NOW } as const;
  const { key: expiredKey } = await addDevice(server.services.registry, expired, NOW - 1);
  const anna = await server.request('/v1/people', { body: { name: 'Anna', role: 'viewer', vehicles: ['golf'] } });
  const elsewhen = { vehicle_id: 'golf', ts: new Date(NOW - 86_400_000).toISOString(), rpm: 900 };
  const another = await server.ingest(elsewhen);
  credentials = {
    nobody: async () => ({}),
    'a wrong key': bearer('wrong'),
    'an expired key': bearer(expiredKey),
    "the golf's device": bearer(await server.key('golf')),
    "the polo's device": bearer(await server.key('polo')),
    API_KEY: bearer('the-seed-key'),
    "the golf's viewer": bearer(await server.viewer('golf')),
    "the polo's viewer": bearer(await server.viewer('polo')),
    'a viewer of all': bearer(await server.viewer()),
    'an admin': bearer(server.admin),
    'a link to the golf': await link(),
    'a link to the trip': await link(GOLF_TRIP),
    'a link to another trip': await link(another.body.trip_id),
    "a session of the golf's viewer": session(anna.body.person.id),
    'a session of an admin': session(OWNER),
  };
});
afterAll(() => server.stop());

function bearer(key: string): () => Promise<Credential> {
  return async () => ({ headers: { authorization: `Bearer ${key}` } });
}

/** A session of its own for each request: one of them ends it. */
function session(person: string): () => Promise<Credential> {
  return async () => {
    const body = { token: server.services.signIn.invite(person) };
    const { headers } = await server.request('/v1/session', { key: '', body });
    return { headers: { cookie: headers.get('set-cookie')?.split(';')[0] ?? '' } };
  };
}

let addresses = 0;

/** The status of one request for somebody, each from an address of its own, so that wrong keys are not too many. */
async function statusFor(asker: (typeof ASKERS)[number], route: string): Promise<number> {
  const { path, ...request } = (await requests[route]?.()) ?? { path: '/' };
  const { headers, query } = await credentials[asker]();
  const key = headers?.['authorization']?.slice('Bearer '.length) ?? 'none';
  const own = route.includes('{key}') ? path.replace(server.admin, key) : path;
  const whole = query === undefined ? own : `${own}${own.includes('?') ? '&' : '?'}${query}`;
  addresses++;
  const all = { ...request.headers, ...headers, 'x-forwarded-for': `10.0.${addresses >> 8}.${addresses & 255}` };
  if (path === '/v1/live') return statusOfStream(whole, all);
  return (await server.request(whole, { key: '', ...request, headers: all })).status;
}

async function statusOfStream(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const left = new AbortController();
  const { status } = await fetch(server.url + path, { headers, signal: left.signal });
  left.abort();
  return status;
}

test('every route is in the tables, and nothing else', () => {
  const routes = allRoutes(server.services).map(({ method, path }) => `${method.toUpperCase()} ${path}`);

  expect(Object.keys(ALL_ROUTES).toSorted()).toEqual(routes.toSorted());
  expect(Object.keys(requests).toSorted()).toEqual(routes.toSorted());
});

test.each(Object.entries(ALL_ROUTES))('%s is for whom it is meant', async (route, [policy, ok]) => {
  const statuses: Record<string, number> = {};
  for (const asker of ASKERS) statuses[asker] = await statusFor(asker, route);

  const expected = POLICIES[policy].map((answer, at) => [ASKERS[at], answer === 'ok' ? ok : answer]);
  expect(statuses).toEqual(Object.fromEntries(expected));
});

test('without a key only health, files and the description of the API answer', async () => {
  const open = ['/healthz', '/readyz', '/', '/docs', '/docs/swagger/swagger-ui.css', '/openapi.json', '/signin'];
  const statuses = await Promise.all(open.map(async (path) => (await server.request(path, { key: '' })).status));
  const nowhere = await server.request('/v1/nothing', { key: '' });

  expect(statuses).toEqual(open.map(() => 200));
  expect(nowhere.status).toBe(404);
});
