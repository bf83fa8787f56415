/** A good request for every route of the server, as often as it is asked for: what one uses up is made anew. */
import { createHash } from 'node:crypto';
import { OWNER } from '../src/access/tokens.ts';
import { FORMATS } from '../src/formats/formats.ts';
import { bytesOf, fixturesOf } from './app-fixtures.ts';
import type { TestAnswer, TestRequest, TestServer } from './server.ts';

/** The trip of the golf that the requests are about. */
export const GOLF_TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';

export type Asked = TestRequest & { readonly path: string };

/** The requests by route: `GET /v1/trips/{trip_id}`. */
export type GoodRequests = Readonly<Record<string, () => Promise<Asked>>>;

const trip = `/v1/trips/${GOLF_TRIP}`;
const device = { name: 'dongle', vehicles: ['golf'] };
const person = { name: 'Anna', role: 'viewer', vehicles: ['golf'] };

/** Stores what they are about, and makes the requests. `now` is the server's time. */
export async function createGoodRequests(server: TestServer, now: number): Promise<GoodRequests> {
  const things = new Things(server, now);
  const event = { vehicle_id: 'golf', ts: new Date(now).toISOString(), trip_id: GOLF_TRIP, seq: 1, lat: 47, lon: 8 };
  const line = `${JSON.stringify(event)}\n`;
  const sha256 = createHash('sha256').update(line).digest('hex');
  const digest = { 'content-type': 'application/x-ndjson', 'x-chunk-sha256': sha256 };
  const chunk = { no: 1, first_seq: 1, last_seq: 1, size_bytes: line.length, sha256 };
  const manifest = { vehicle_id: 'golf', trip_id: GOLF_TRIP, started_at: event.ts, event_count: 1, chunks: [chunk] };
  await things.good('/v1/trips', { body: { vehicle_id: 'golf', trip_id: GOLF_TRIP } });
  await things.good(`${trip}/chunks/1`, { method: 'PUT', headers: digest, body: line });
  return {
    'POST /v1/ingest': post('/v1/ingest', event),
    'POST /ingest': post('/ingest', event),
    'POST /v1/import': just({
      path: '/v1/import',
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: line,
    }),
    'POST /v1/trips': post('/v1/trips', { vehicle_id: 'golf', trip_id: GOLF_TRIP }),
    'PUT /v1/trips/{trip_id}/chunks/{no}': just({
      path: `${trip}/chunks/1`,
      method: 'PUT',
      headers: digest,
      body: line,
    }),
    'POST /v1/trips/{trip_id}/complete': post(`${trip}/complete`, manifest),
    'GET /v1/trips/{trip_id}/upload': get(`${trip}/upload`),
    ...readRequests(),
    ...editRequests(things),
    ...accessRequests(things),
    ...letterRequests(things),
    ...appRequests(server.admin),
    'POST /v1/session': async () => ({
      path: '/v1/session',
      body: { token: server.services.signIn.invite(OWNER) },
    }),
    'GET /v1/session': get('/v1/session'),
    'DELETE /v1/session': just({ path: '/v1/session', method: 'DELETE' }),
    'GET /healthz': get('/healthz'),
    'GET /readyz': get('/readyz'),
    'GET /metrics': get('/metrics'),
    'GET /v1/system': get('/v1/system'),
  };
}

function readRequests(): GoodRequests {
  return {
    'GET /v1/vehicles': get('/v1/vehicles'),
    'GET /v1/vehicles/{vehicle}/latest': get('/v1/vehicles/golf/latest'),
    'GET /v1/vehicles/{vehicle}/history': get('/v1/vehicles/golf/history?signal=lat'),
    'GET /v1/vehicles/{vehicle}/labels': get('/v1/vehicles/golf/labels'),
    'GET /v1/trips': get('/v1/trips'),
    'GET /v1/live': get('/v1/live'),
    'GET /v1/trips/{trip_id}': get(trip),
    'GET /v1/trips/{trip_id}/events': get(`${trip}/events`),
    'GET /v1/trips/{trip_id}/events.json': get(`${trip}/events.json`),
    'GET /v1/trips/{trip_id}/events.ndjson': get(`${trip}/events.ndjson`),
    'GET /v1/trips/{trip_id}/events.csv': get(`${trip}/events.csv`),
    'GET /v1/trips/{trip_id}/events.gpx': get(`${trip}/events.gpx`),
    'GET /v1/trips/{trip_id}/events.geojson': get(`${trip}/events.geojson`),
    'GET /v1/trips/{trip_id}/events.import': get(`${trip}/events.import`),
  };
}

function editRequests(things: Things): GoodRequests {
  return {
    'PATCH /v1/trips/{trip_id}': just({ path: trip, method: 'PATCH', body: { name: 'To work' } }),
    'DELETE /v1/trips/{trip_id}': async () => ({ path: `/v1/trips/${(await things.trip()).id}`, method: 'DELETE' }),
    'POST /v1/trips/{trip_id}/split': async () => {
      const { id, middle } = await things.trip();
      return { path: `/v1/trips/${id}/split`, body: { at: middle } };
    },
    'POST /v1/trips/{trip_id}/merge': async () => {
      const [one, other] = [await things.trip(), await things.trip()];
      return { path: `/v1/trips/${one.id}/merge`, body: { with: other.id } };
    },
    'GET /v1/corrections': get('/v1/corrections'),
    'PUT /v1/corrections/{id}': async () => {
      const { body } = await things.good(trip, { method: 'PATCH', body: { note: `note ${things.number()}` } });
      const { corrections } = (await things.good('/v1/corrections', {})).body;
      const correction = corrections.find(({ id }: { id: string }) => id === body.correction_id);
      return { path: `/v1/corrections/${body.correction_id}`, method: 'PUT', body: correction };
    },
    'DELETE /v1/corrections/{id}': async () => {
      const { body } = await things.good(trip, { method: 'PATCH', body: { note: `note ${things.number()}` } });
      return { path: `/v1/corrections/${body.correction_id}`, method: 'DELETE' };
    },
  };
}

function accessRequests(things: Things): GoodRequests {
  const aDevice = () => things.id('/v1/devices', device, 'device');
  const aPerson = () => things.id('/v1/people', person, 'person');
  const aShare = () => things.id('/v1/shares', { vehicle: 'golf' }, 'share');
  return {
    'PUT /v1/vehicles/{vehicle}': just({ path: '/v1/vehicles/golf', method: 'PUT', body: { name: 'The golf' } }),
    'DELETE /v1/vehicles/{vehicle}': async () => {
      const path = `/v1/vehicles/other-${things.number()}`;
      await things.good(path, { method: 'PUT', body: { name: 'Other' } });
      return { path, method: 'DELETE' };
    },
    'GET /v1/devices': get('/v1/devices'),
    'POST /v1/devices': post('/v1/devices', device),
    'POST /v1/devices/{id}/rotate': async () => ({ path: `/v1/devices/${await aDevice()}/rotate`, method: 'POST' }),
    'POST /v1/devices/{id}/revoke-old-keys': async () => ({
      path: `/v1/devices/${await aDevice()}/revoke-old-keys`,
      method: 'POST',
    }),
    'DELETE /v1/devices/{id}': async () => ({ path: `/v1/devices/${await aDevice()}`, method: 'DELETE' }),
    'GET /v1/people': get('/v1/people'),
    'POST /v1/people': post('/v1/people', person),
    'POST /v1/people/{id}/invite': async () => ({ path: `/v1/people/${await aPerson()}/invite`, method: 'POST' }),
    'DELETE /v1/people/{id}': async () => ({ path: `/v1/people/${await aPerson()}`, method: 'DELETE' }),
    'GET /v1/shares': get('/v1/shares'),
    'POST /v1/shares': post('/v1/shares', { vehicle: 'golf' }),
    'DELETE /v1/shares/{id}': async () => ({ path: `/v1/shares/${await aShare()}`, method: 'DELETE' }),
  };
}

function letterRequests(things: Things): GoodRequests {
  return {
    'GET /v1/dead-letters': get('/v1/dead-letters'),
    'DELETE /v1/dead-letters/{id}': async () => ({
      path: `/v1/dead-letters/${await things.letter()}`,
      method: 'DELETE',
    }),
    'POST /v1/dead-letters/{id}/resubmit': async () => ({
      path: `/v1/dead-letters/${await things.letter()}/resubmit`,
      method: 'POST',
    }),
  };
}

/** Every format by every address and method, with an admin's key in the path where one stands there. */
function appRequests(key: string): GoodRequests {
  const routes = FORMATS.flatMap(({ name, paths = [], methods }) => {
    const { request } = fixturesOf(name).find(({ candidates = [] }) => candidates.length > 0) ?? {};
    return [`/i/${name}/{key}`, `/i/${name}`, ...paths].flatMap((path) =>
      methods.map((method) => {
        const asked = {
          path: `${path.replace('{key}', key)}?${request?.query ?? ''}`,
          method: method.toUpperCase(),
          headers: { 'content-type': 'text/plain', ...request?.headers },
          ...(method === 'post' && request?.body !== undefined && { body: bytesOf(request).toString() }),
        };
        return [`${method.toUpperCase()} ${path}`, just(asked)] as const;
      }),
    );
  });
  return Object.fromEntries(routes);
}

function just(asked: Asked): () => Promise<Asked> {
  return async () => asked;
}

function get(path: string): () => Promise<Asked> {
  return just({ path });
}

function post(path: string, body: object): () => Promise<Asked> {
  return just({ path, body });
}

/** Makes things that a request may use up. */
class Things {
  readonly #server: TestServer;
  readonly #now: number;
  #count = 0;

  constructor(server: TestServer, now: number) {
    this.#server = server;
    this.#now = now;
  }

  number(): number {
    this.#count++;
    return this.#count;
  }

  /** Asks as the admin, and for a good answer. */
  async good(path: string, request: TestRequest): Promise<TestAnswer> {
    const answer = await this.#server.request(path, request);
    if (answer.status >= 300) throw new Error(`${path} ${answer.text}`);
    return answer;
  }

  /** Something that is answered with its id. */
  async id(path: string, body: object, kind: string): Promise<string> {
    return (await this.good(path, { body })).body[kind].id;
  }

  /** A trip of the golf in an hour of its own, with a second event after a minute. */
  async trip(): Promise<{ readonly id: string; readonly middle: string }> {
    const began = this.#now - (this.number() + 10) * 3_600_000;
    const trip_id = crypto.randomUUID();
    const [first, middle = ''] = [began, began + 60_000].map((time) => new Date(time).toISOString());
    const events = [first, middle].map((ts, at) => ({ vehicle_id: 'golf', trip_id, seq: at + 1, ts, rpm: 900 }));
    await this.good('/v1/ingest', { body: events });
    return { id: trip_id, middle };
  }

  /** A dead letter that is a good event after all. */
  async letter(): Promise<string> {
    const number = this.number();
    const event = { vehicle_id: 'golf', ts: new Date(this.#now - number).toISOString(), rpm: 900 };
    const device = `sender ${number}`;
    const bytes = Buffer.from(JSON.stringify(event));
    const { deadLetters, registry } = this.#server.services;
    await deadLetters.keep({ device, via: 'chunk', bytes, slug: 'invalid-event', errors: [], context: {} });
    const [kept] = await registry.list('dead-letter', { owner: device });
    return kept?.id ?? '';
  }
}
