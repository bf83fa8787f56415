/**
 * What an answer means for the events that were sent. Only what is surely ours counts: a problem of our table, or
 * exactly what the address answers. A hotel's Wi-Fi answers 200 too.
 */
import { PROBLEMS, type ProblemSlug, problemSlug } from '@fleet/contract';
import type { HttpAnswer } from './http-client.ts';

/** An answer, judged. */
export type Verdict<T> =
  | { readonly kind: 'taken'; readonly body: T }
  /** Ours, and no use to try again as it is. */
  | { readonly kind: 'refused'; readonly slug: ProblemSlug; readonly document: ProblemBody }
  | { readonly kind: 'too-large'; readonly why: string }
  /** Keep everything, show why, try again later. */
  | { readonly kind: 'wait'; readonly why: string; readonly retryAfterMs: number | undefined };

export interface ProblemBody {
  readonly title?: unknown;
  readonly detail?: unknown;
  readonly [extra: string]: unknown;
}

/** Not retryable by itself, yet nothing that the events are to blame for. */
const NEEDS_SOMEBODY: ReadonlySet<ProblemSlug> = new Set(['unauthorized', 'forbidden', 'clock-skew']);

/** Judges an answer; `read` gives what is expected of a good one, undefined where it is something else. */
export function judge<T>(
  answer: HttpAnswer,
  read: (body: Readonly<Record<string, unknown>>) => T | undefined,
): Verdict<T> {
  const { status, body, retryAfterMs } = answer;
  if (status >= 200 && status < 300) {
    const expected = isObject(body) ? read(body) : undefined;
    return expected === undefined ? wait(`somebody else answers (${status})`) : { kind: 'taken', body: expected };
  }
  const slug = problemSlug(body);
  if (status === 413) return { kind: 'too-large', why: 'too large (413)' };
  if (slug === undefined || !isObject(body)) return wait(`somebody else answers (${status})`, retryAfterMs);
  if (PROBLEMS[slug].retryable || NEEDS_SOMEBODY.has(slug)) return wait(`${slug}: ${body['detail']}`, retryAfterMs);
  return { kind: 'refused', slug, document: body };
}

/** An event that was refused by name. */
export interface Rejection {
  /** Its place among those that were sent, 0 for the first. */
  readonly index: number;
  readonly slug: ProblemSlug;
  readonly why: string;
}

/** What becomes of an event that was refused. */
export type Fate = 'set-aside' | 'move' | 'keep';

/** Those that our problem says can never be taken; everything else is kept. */
const FATES: Readonly<Partial<Record<ProblemSlug, Fate>>> = {
  'malformed-body': 'set-aside',
  'invalid-event': 'set-aside',
  'too-old': 'set-aside',
  'seq-conflict': 'move',
};

export function fateOf(slug: ProblemSlug): Fate {
  return FATES[slug] ?? 'keep';
}

/** The rejected events in an answer, `place` in front of all: `index` from 0 or `line` from 1. Undefined if it lists not all. */
export function rejectionsIn(
  body: Readonly<Record<string, unknown>>,
  place: 'index' | 'line',
): readonly Rejection[] | undefined {
  const { rejected, rejected_count } = body;
  if (!Array.isArray(rejected) || rejected.length !== rejected_count) return undefined;
  const read = rejected.map((entry) => rejectionOf(entry, place));
  return read.every((rejection) => rejection !== undefined) ? read : undefined;
}

function rejectionOf(entry: unknown, place: 'index' | 'line'): Rejection | undefined {
  if (!isObject(entry)) return undefined;
  const { type, errors } = entry;
  const at = entry[place];
  if (typeof at !== 'number' || typeof type !== 'string' || !Object.hasOwn(PROBLEMS, type)) return undefined;
  const [first] = Array.isArray(errors) ? (errors as { pointer?: string; detail?: string }[]) : [];
  const slug = type as ProblemSlug;
  return {
    index: place === 'line' ? at - 1 : at,
    slug,
    why: `${slug}: ${first?.pointer ?? ''} ${first?.detail ?? ''}`,
  };
}

function wait(why: string, retryAfterMs?: number): Verdict<never> {
  return { kind: 'wait', why, retryAfterMs };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
