/** Answers: JSON, and problems as RFC 9457 has them. */
import type { ServerResponse } from 'node:http';
import { PROBLEM_MEDIA_TYPE, PROBLEMS, type Problem, problem, problemDocument } from '@fleet/contract';
import type { AppAnswer } from '../formats/format.ts';
import { ProblemError } from '../ingest/problem-error.ts';
import { ClockNotSetError, OverloadedError, StoreUnavailableError } from '../ports.ts';

/** Seconds after which a refused request may be tried again, where nothing better is known. */
const RETRY_AFTER_S = 5;

/** Answers with JSON. */
export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  sendText(res, status, 'application/json', JSON.stringify(body));
}

/** Answers with JSON that is text already. */
export function sendJsonText(res: ServerResponse, text: string): void {
  sendText(res, 200, 'application/json', text);
}

/** Answers with nothing. */
export function sendNothing(res: ServerResponse): void {
  res.writeHead(204).end();
}

/** Answers with a problem document. */
export function sendProblem(res: ServerResponse, found: Problem): void {
  const { status, retryable } = PROBLEMS[found.slug];
  if (retryable) res.setHeader('retry-after', found.retryAfterS ?? RETRY_AFTER_S);
  if (status === 401) res.setHeader('www-authenticate', 'Bearer');
  sendText(res, status, PROBLEM_MEDIA_TYPE, JSON.stringify(problemDocument(found)));
}

/** Answers in an app's own words. */
export function sendAnswer(res: ServerResponse, { status, type, body }: AppAnswer): void {
  if (type === null) res.writeHead(status, { 'content-length': 0, 'cache-control': 'no-store' }).end();
  else sendText(res, status, type, body);
}

/** What a caller is told of a failure; undefined for one that says nothing about the request and must be looked at. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof OverloadedError) return problem('overloaded', error.message);
  if (error instanceof ClockNotSetError) return problem('clock-not-set', error.message);
  if (error instanceof StoreUnavailableError)
    return problem('store-unavailable', 'the store can not be used at the moment: nothing was stored or read');
  return undefined;
}

/** Text goes out together with the headers, in one write; a buffer would take two. */
function sendText(res: ServerResponse, status: number, type: string, text: string): void {
  const length = Buffer.byteLength(text);
  res.writeHead(status, { 'content-type': type, 'content-length': length, 'cache-control': 'no-store' }).end(text);
}
