/** Describes the routes in OpenAPI 3.1, from the same table that serves them. */
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type ProblemSlug, UUID, VEHICLE_ID } from '@fleet/contract';
import { VERSION } from '../version.ts';
import { SCHEMAS } from './docs/schemas.ts';
import type { ParameterDoc, Route, RouteDoc } from './route.ts';

/** An OpenAPI document. @see https://spec.openapis.org/oas/v3.1.1 */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method] = operation(route);
    paths[route.path] = path;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Fleet Telemetry',
      version: VERSION,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'A 2xx means durable; the same event sent again changes nothing. What goes wrong is told as RFC 9457 problems.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of a device, a viewer or an admin' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'fleet_session',
          description: 'A browser that signed in has it, and sends it by itself: there is nothing to enter here',
        },
      },
    },
  };
}

function operation(route: Route): object {
  const { path, access, doc, method } = route;
  const { tag, summary, description, body } = doc;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, pathParameter(name))),
    ...Object.entries(doc.query ?? {}).map(([name, query]) => parameter('query', name, query)),
    ...Object.entries(doc.headers ?? {}).map(([name, header]) => parameter('header', name, header)),
  ];
  return {
    operationId: `${method}${path.replaceAll(/[^A-Za-z]+(\w)/g, (_, letter: string) => letter.toUpperCase()).replaceAll(/\W/g, '')}`,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, content: content(body) } }),
    responses: { ...goodAnswers(doc), ...problemAnswers(problemsOf(route, parameters.length > 0)) },
    security: access === 'open' ? [] : [{ key: [] }, { session: [] }],
  };
}

/** What stands in paths; other parts of a path are any text. */
const PATH_SCHEMAS: Readonly<Record<string, object>> = {
  trip_id: { type: 'string', pattern: UUID.source },
  vehicle: { type: 'string', pattern: VEHICLE_ID.source },
  no: { type: 'integer', minimum: 1 },
};

function pathParameter(name: string): ParameterDoc {
  return { description: '', schema: PATH_SCHEMAS[name] ?? { type: 'string' }, required: true };
}

function parameter(where: string, name: string, { description, schema, required = false }: ParameterDoc): object {
  return { name, in: where, ...(description !== '' && { description }), required, schema };
}

function goodAnswers({ answers }: RouteDoc): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      typeof answer === 'string' ? { description: answer } : { description: 'Good', content: content(answer) },
    ]),
  );
}

/** What any route may answer that reads a body. */
const BODY_PROBLEMS: readonly ProblemSlug[] = ['malformed-body', 'payload-too-large', 'unsupported-media-type'];
/** What any route may answer that asks who comes: nothing behind it works without the store. */
const GUARDED_PROBLEMS: readonly ProblemSlug[] = ['unauthorized', 'forbidden', 'rate-limited', 'store-unavailable'];

/** What a route says itself, and what follows from its taking parameters or a body, and from its being guarded. */
function problemsOf({ access, doc: { problems = [], body } }: Route, takesParameters: boolean): Set<ProblemSlug> {
  return new Set<ProblemSlug>([
    ...problems,
    ...(takesParameters ? (['malformed-request'] as const) : []),
    ...(body === undefined ? [] : BODY_PROBLEMS),
    ...(access === 'open' ? [] : GUARDED_PROBLEMS),
  ]);
}

/** One answer a status: several problems may share it. */
function problemAnswers(slugs: ReadonlySet<ProblemSlug>): Record<string, object> {
  const byStatus = new Map<number, ProblemSlug[]>();
  for (const slug of slugs) {
    const { status } = PROBLEMS[slug];
    byStatus.set(status, [...(byStatus.get(status) ?? []), slug]);
  }
  return Object.fromEntries([...byStatus].map(([status, names]) => [status, problemAnswer(names)]));
}

function problemAnswer(slugs: readonly ProblemSlug[]): object {
  const description = slugs.map((slug) => `\`${slug}\`: ${PROBLEMS[slug].title}`).join('\n\n');
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function content(byType: Readonly<Record<string, object>>): object {
  return Object.fromEntries(Object.entries(byType).map(([type, schema]) => [type, { schema }]));
}
