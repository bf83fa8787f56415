/** Live ingestion: one event, or many. */
import type { ServerResponse } from 'node:http';
import { ok, problem } from '@fleet/contract';
import type { Admission } from '../ingest/admit.ts';
import { type BatchReport, type Candidate, ingestMany, ingestOne, type Rejected } from '../ingest/ingest.ts';
import { type Line, linesOf } from '../ingest/lines.ts';
import { orThrow, ProblemError } from '../ingest/problem-error.ts';
import { readLine } from '../ingest/read-event.ts';
import { admissionOf, type Services } from '../services.ts';
import { sendJson } from './answer.ts';
import { bodyKindOf, readJson, readStream } from './body.ts';
import { INGEST_DOC } from './docs/ingest-docs.ts';
import type { Exchange, Route } from './route.ts';

export function ingestRoutes(services: Services): Route[] {
  const handle = (exchange: Exchange) => ingest(services, exchange);
  return INGEST_PATHS.map((path) => ({ method: 'post', path, access: 'write', handle, doc: INGEST_DOC }));
}

/** The address, and the short one that the first devices used. */
export const INGEST_PATHS = ['/v1/ingest', '/ingest'] as const;

async function ingest(services: Services, { req, res, principal }: Exchange): Promise<void> {
  const admission = admissionOf(services, principal, 'live');
  const kind = bodyKindOf(req);
  if (kind.format === 'ndjson') {
    sendReport(res, await ingestMany(services.store, candidatesIn(readStream(req, kind)), admission));
    return;
  }
  const body = await readJson(req);
  if (Array.isArray(body)) return ingestArray(services, body, admission, res);
  sendJson(res, 200, orThrow(await ingestOne(services.store, body, admission)));
}

/** Takes the events of a JSON array. */
export async function ingestArray(
  { store }: Services,
  events: readonly unknown[],
  admission: Admission,
  res: ServerResponse,
): Promise<void> {
  sendReport(res, await ingestMany(store, once(candidatesOf(events)), admission));
}

/** Answers with what became of many events. Throws `ProblemError` where none was taken. */
export function sendReport(res: ServerResponse, report: BatchReport): void {
  const { accepted, rejected, rejected_count, trips } = report;
  if (accepted === 0 && rejected_count > 0) throw new ProblemError(nothingTaken(rejected, rejected_count));
  sendJson(res, 200, { accepted, rejected: rejected.map(toWire), rejected_count, trips });
}

/** The problem of a batch of which nothing was taken: that of its events where all have the same, else `invalid-event`. */
function nothingTaken(rejected: readonly Rejected[], count: number) {
  const slugs = new Set(rejected.map(({ slug }) => slug));
  const slug = slugs.size === 1 && rejected[0] !== undefined ? rejected[0].slug : 'invalid-event';
  const errors = rejected.flatMap(({ index, errors: faults }) =>
    faults.map(({ pointer, detail }) => ({ pointer: `/${index}${pointer}`, detail })),
  );
  const detail = `none of ${count} events was taken; ${errors[0]?.pointer} ${errors[0]?.detail}`;
  return { ...problem(slug, detail, errors), extra: { rejected: rejected.map(toWire), rejected_count: count } };
}

function toWire({ index, slug, errors }: Rejected) {
  return { index, type: slug, errors };
}

function* candidatesOf(events: readonly unknown[]): Generator<Candidate> {
  for (const [index, value] of events.entries()) yield [index, ok(value)];
}

/** The lines of a body, parsed. */
export async function* candidatesIn(body: AsyncIterable<Buffer>): AsyncGenerator<Iterable<Candidate>> {
  let index = 0;
  for await (const lines of linesOf(body)) {
    yield parsed(lines, index);
    index += lines.length;
  }
}

/** A line is parsed when its turn comes, so that there is a breath between any two. */
function* parsed(lines: readonly Line[], first: number): Generator<Candidate> {
  for (const [at, line] of lines.entries()) yield [first + at, readLine(line)];
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
