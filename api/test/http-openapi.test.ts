/** The description of the API is what the server does: every route is in it, and good answers are as it says. */
import { PROBLEMS } from '@fleet/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { allRoutes } from '../src/http/routes.ts';
import type { Services } from '../src/services.ts';
import { createGoodRequests, type GoodRequests } from './good-requests.ts';
import { startTestServer, type TestServer } from './server.ts';

const NOW = Date.now();
const ROUTES = allRoutes({} as Services);
const nameOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;

interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security: readonly object[];
}

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let server: TestServer;
let description: Description;
let requests: GoodRequests;
let ajv: Ajv2020;
beforeAll(async () => {
  server = await startTestServer({}, { now: () => NOW });
  requests = await createGoodRequests(server, NOW);
  await fill();
  description = (await server.request('/openapi.json', { key: '' })).body;
  ajv = new Ajv2020({ strict: false, formats: { 'date-time': ISO, uuid: UUID } });
  ajv.addSchema(description, 'api');
});
afterAll(() => server.stop());

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Something of everything, so that no list is empty and no value is null where it need not be. */
async function fill(): Promise<void> {
  const ts = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();
  const drive = Array.from({ length: 20 }, (_, at) => ({
    vehicle_id: 'golf',
    ts: ts(7_200 - at * 40),
    lat: 47 + at / 100,
    lon: 8,
    speed_kph: 50,
    dtcs: ['P0301'],
  }));
  await server.ingest([...drive, { vehicle_id: 'golf', ts: ts(5), rpm: 900 }]);
  await server.request('/v1/devices', { body: { name: 'old', vehicles: '*', expires_at: '2100-01-01T00:00:00Z' } });
  for (const route of [
    'POST /v1/people',
    'POST /v1/shares',
    'PATCH /v1/trips/{trip_id}',
    'PUT /v1/vehicles/{vehicle}',
  ]) {
    const { path, ...request } = (await requests[route]?.()) ?? { path: '/' };
    expect((await server.request(path, request)).status).toBeLessThan(300);
  }
  await requests['DELETE /v1/dead-letters/{id}']?.();
}

function operationOf(route: string): Operation | undefined {
  const [method = '', path = ''] = route.split(' ');
  return description.paths[path]?.[method.toLowerCase()];
}

/** What is wrong with a value where the description has a schema, as ajv says. */
function faultsAt(pointer: readonly string[], value: unknown): unknown {
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const matches = ajv.compile({ $ref: `api#/${escaped.join('/')}` });
  return matches(value) ? null : matches.errors;
}

describe('the description of the API', () => {
  test('has every route, and no other', () => {
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => nameOf({ method, path })),
    );

    expect(description.openapi).toBe('3.1.1');
    expect(described.toSorted()).toEqual(ROUTES.map(nameOf).toSorted());
  });

  test('gives every operation a name of its own', () => {
    const ids = ROUTES.map((route) => operationOf(nameOf(route))?.operationId);

    expect(new Set(ids).size).toBe(ROUTES.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/);
  });

  test.each(ROUTES.map(nameOf))('says of %s what goes in and comes out, and who may ask', (route) => {
    const operation = operationOf(route);
    const parameters = operation?.parameters ?? [];
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    const statuses = Object.keys(operation?.responses ?? {});

    expect(operation?.summary).not.toBe('');
    expect(inPath).toEqual([...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(statuses.some((status) => status < '400')).toBe(true);
    expect(operation?.security.length === 0).toBe(!statuses.includes('403'));
    if (operation?.security.length !== 0)
      expect(operation?.responses['503']?.description).toContain('store-unavailable');
    for (const body of Object.values(operation?.requestBody?.content ?? {}))
      expect(() => ajv.compile(within(body.schema))).not.toThrow();
    for (const { schema } of parameters) expect(() => ajv.compile(within(schema))).not.toThrow();
  });

  test('has only schemas that are schemas', () => {
    for (const name of Object.keys(description.components.schemas)) {
      expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow();
    }
  });
});

/** A schema with the components that it refers to. */
function within(schema: object): object {
  return { ...schema, components: description.components };
}

describe('a good answer is as the description says:', () => {
  test.each(ROUTES.map(nameOf).filter((route) => route !== 'GET /v1/live'))('%s', async (route) => {
    const { path, ...request } = (await requests[route]?.()) ?? { path: '/' };
    const [method = '', template = ''] = route.split(' ');
    const operation = operationOf(route);
    const sent = request.body;
    const answer = await server.request(path, request);
    const described = operation?.responses[answer.status];
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';

    expect([answer.status < 300, described?.description]).toEqual([true, expect.any(String)]);
    expect(Object.keys(described?.content ?? { '': {} })).toContain(type);
    if (typeof sent === 'object') {
      const at = ['paths', template, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
      expect(faultsAt(at, sent)).toBeNull();
    }
    if (type === 'application/json') {
      const at = ['paths', template, method.toLowerCase(), 'responses', `${answer.status}`, 'content', type, 'schema'];
      expect(faultsAt(at, answer.body)).toBeNull();
      expect(unknownMembers(answer.body, described?.content?.[type]?.schema ?? {})).toEqual([]);
    }
  });
});

/** Members of an answer that the description does not know. */
function unknownMembers(value: unknown, schema: object, path = ''): string[] {
  const { $ref, properties, additionalProperties, items, anyOf, oneOf } = schema as {
    additionalProperties?: object;
    $ref?: string;
    properties?: Readonly<Record<string, object>>;
    items?: object;
    anyOf?: readonly object[];
    oneOf?: readonly object[];
  };
  if ($ref !== undefined)
    return unknownMembers(value, description.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, path);
  const choices = (anyOf ?? oneOf)?.map((each) => unknownMembers(value, each, path));
  if (choices !== undefined && properties === undefined)
    return choices.toSorted((a, b) => a.length - b.length)[0] ?? [];
  if (Array.isArray(value)) return value.flatMap((each, at) => unknownMembers(each, items ?? {}, `${path}/${at}`));
  if (properties === undefined || additionalProperties !== undefined || typeof value !== 'object' || value === null)
    return [];
  return Object.entries(value).flatMap(([name, member]) =>
    Object.hasOwn(properties, name)
      ? unknownMembers(member, properties[name] ?? {}, `${path}/${name}`)
      : [`${path}/${name}`],
  );
}

describe('a refusal is as the description says:', () => {
  test.each<[string, string, string, object, string]>([
    ['GET', '/v1/trips', '/v1/trips?limit=0', {}, 'malformed-request'],
    ['GET', '/v1/trips', '/v1/trips', { key: 'wrong' }, 'unauthorized'],
    ['GET', '/v1/trips/{trip_id}', '/v1/trips/b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0d', {}, 'trip-not-found'],
    ['GET', '/v1/vehicles/{vehicle}/latest', '/v1/vehicles/nobody/latest', {}, 'vehicle-not-found'],
    ['POST', '/v1/ingest', '/v1/ingest', { body: {} }, 'invalid-event'],
    ['POST', '/v1/ingest', '/v1/ingest', { body: '{' }, 'malformed-body'],
    [
      'POST',
      '/v1/ingest',
      '/v1/ingest',
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      'unsupported-media-type',
    ],
    ['POST', '/v1/devices', '/v1/devices', { body: {} }, 'invalid-request'],
    ['POST', '/v1/devices', '/v1/devices', { body: { name: 'x'.repeat(2 ** 18) } }, 'payload-too-large'],
    [
      'POST',
      '/v1/trips',
      '/v1/trips',
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      'unsupported-media-type',
    ],
    ['POST', '/v1/trips', '/v1/trips', { body: { vehicle_id: 'golf', started_at: 'noon' } }, 'invalid-request'],
    ['DELETE', '/v1/devices/{id}', '/v1/devices/x', { method: 'DELETE' }, 'not-found'],
  ])('%s %s', async (method, template, path, request, slug) => {
    const answer = await server.request(path, request);
    const { status } = PROBLEMS[slug as keyof typeof PROBLEMS];
    const described = operationOf(`${method} ${template}`)?.responses[status];

    expect(answer.status).toBe(status);
    expect(described?.description).toContain(`\`${slug}\``);
    expect(faultsAt(['components', 'schemas', 'Problem'], answer.body)).toBeNull();
  });
});
