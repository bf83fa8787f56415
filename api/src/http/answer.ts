/** Answers: JSON, and problems as RFC 9457 has them. */
import type { ServerResponse } from 'node:http';
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type Problem, problem, problemDocument } from '@fleet/contract';
import type { AppAnswer } from '../formats/format.ts';
import { ProblemError } from '../ingest/problem-error.ts';
import { OverloadedError, StoreUnavailableError } from '../ports.ts';

/** Seconds after which a refused request may be tried again, where nothing better is known. */
const RETRY_AFTER_S = 5;

/** Answers with JSON. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  sendText(res, status, 'application/json', JSON.stringify(body));
}

/** Answers with nothing. */
export function sendNothing(res: ServerResponse): void {
  res.writeHead(204).end();
}

/** Answers with a problem document. */
export function sendProblem(res: ServerResponse, found: Problem): void {
  setHints(res, found);
  sendText(res, PROBLEMS[found.slug].status, PROBLEM_MEDIA_TYPE, JSON.stringify(problemDocument(found)));
}

/** Answers in an app's own words; `found` is what went wrong, if anything did. */
export function sendAnswer(res: ServerResponse, { status, type, body }: AppAnswer, found?: Problem): void {
  if (found !== undefined && status >= 400) setHints(res, found);
  if (type === null) res.writeHead(status, { 'content-length': 0, 'cache-control': 'no-store' }).end();
  else sendText(res, status, type, body);
}

/** Says in headers what a sender may do about a problem. */
function setHints(res: ServerResponse, { slug, retryAfterS = RETRY_AFTER_S }: Problem): void {
  const { status, retryable } = PROBLEMS[slug];
  if (retryable) res.setHeader('retry-after', retryAfterS);
  if (status === 401) res.setHeader('www-authenticate', 'Bearer');
}

/** What a caller is told of a failure; undefined for one that says nothing about the request and must be looked at. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof OverloadedError) return problem('overloaded', error.message);
  if (error instanceof StoreUnavailableError)
    return problem('store-unavailable', 'nothing can be stored at the moment');
  return undefined;
}

/** Text goes out together with the headers, in one write; a buffer would take two. */
function sendText(res: ServerResponse, status: number, type: string, text: string): void {
  const length = Buffer.byteLength(text);
  res.writeHead(status, { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' }).end(text);
}
