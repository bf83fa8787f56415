/** Routes as data: the same table serves them, says who may enter, and describes them in OpenAPI. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ProblemSlug, parseAnyTime, problem } from '@fleet/contract';
import type { Access, Principal } from '../access/principal.ts';
import { ProblemError } from '../ingest/problem-error.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One thing that the server can be asked. */
export interface Route {
  readonly method: Method;
  /** With parameters in braces: `/v1/trips/{trip_id}`. */
  readonly path: string;
  readonly access: Access;
  readonly doc: RouteDoc;
  /** Where the key is, for routes that take nothing but keys: no session, no share link. */
  keyOf?(req: IncomingMessage, params: Readonly<Record<string, string>>): string | null;
  handle(exchange: Exchange): Promise<void> | void;
}

/** A request on its way to an answer. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Who asks; on open routes nobody need have said. */
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** What OpenAPI says of a route. Schemas are JSON Schema 2020-12. */
export interface RouteDoc {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: Readonly<Record<string, ParameterDoc>>;
  readonly headers?: Readonly<Record<string, ParameterDoc>>;
  /** The body by media type. */
  readonly body?: Readonly<Record<string, SchemaDoc>>;
  /** The body of the good answer by media type; none where there is no body. */
  readonly answers: Readonly<Record<number, Readonly<Record<string, SchemaDoc>> | string>>;
  readonly problems?: readonly ProblemSlug[];
}

export interface ParameterDoc {
  readonly description: string;
  readonly schema: object;
  readonly required?: boolean;
}

export type SchemaDoc = object;

/** A reference to one of `SCHEMAS`. */
export function ref(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** Gives handlers what they work with. */
export function bound<S>(services: S) {
  return (handler: (services: S, exchange: Exchange) => Promise<void> | void) => (exchange: Exchange) =>
    handler(services, exchange);
}

/** A query parameter, if it is there. Throws `malformed-request` where it is there twice. */
export function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw malformed(`${name} is given ${values.length} times`);
  return values[0];
}

/** A whole number in the query, between bounds. */
export function integerIn(
  query: URLSearchParams,
  name: string,
  bounds: { min: number; max: number; default: number },
): number {
  const text = single(query, name);
  if (text === undefined) return bounds.default;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return value;
  throw malformed(`${name} must be a whole number from ${bounds.min} to ${bounds.max}`);
}

/** A time in the query, milliseconds since 1970; any that there ever was. */
export function timeIn(query: URLSearchParams, name: string, fallback: number): number {
  const text = single(query, name);
  const time = text === undefined ? fallback : parseAnyTime(text);
  if (typeof time === 'string') throw malformed(`${name} ${time}`);
  return time;
}

/** The error for a path, query or header that is not of the form it must have. */
export function malformed(detail: string): ProblemError {
  return new ProblemError(problem('malformed-request', detail, [{ pointer: '', detail }]));
}

/** The error for anything else. */
export function refused(slug: ProblemSlug, detail: string): ProblemError {
  return new ProblemError(problem(slug, detail));
}
