/** The way of every request through its route: who asks, the answer, and what went wrong. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '@fleet/contract';
import type { Tallies } from '../observability/tallies.ts';
import { problemOf, sendProblem } from './answer.ts';
import type { Authenticator } from './authenticate.ts';
import type { Route } from './route.ts';

export interface RouteServerParts {
  readonly authenticator: Authenticator;
  readonly tallies: Tallies;
  /** Hears of failures that say nothing about the request, with the id that the answer has. */
  readonly onFailure: (error: unknown, incident: string) => void;
}

/** Serves a request whose route is found. */
export type RouteServer = (
  req: IncomingMessage,
  res: ServerResponse,
  params: Readonly<Record<string, string>>,
) => Promise<void> | undefined;

/** The status that a request is counted with whose sender went away before the answer. */
const CLIENT_GONE = 499;

export function createRouteServer(parts: RouteServerParts, route: Route): RouteServer {
  const { authenticator, tallies, onFailure } = parts;
  const tally = tallies.route(route.method, route.path);
  return async (req, res, params) => {
    const began = performance.now();
    res.on('close', () => {
      tally.add(res.headersSent ? res.statusCode : CLIENT_GONE, (performance.now() - began) / 1_000);
    });
    try {
      const query = queryOf(req);
      const principal = route.keyOf
        ? authenticator.enterByKey(req, route.access, route.keyOf(req, params))
        : authenticator.enter(req, route.access, query.get('share'));
      await route.handle({ req, res, principal, params, query });
    } catch (error) {
      fail(res, error, onFailure);
    }
  };
}

/** Answers what went wrong, or cuts off an answer that had begun. */
export function fail(res: ServerResponse, error: unknown, onFailure: RouteServerParts['onFailure']): void {
  const found = problemOf(error);
  const incident = randomUUID();
  if (found === undefined) onFailure(error, incident);
  if (res.headersSent) {
    res.destroy();
    return;
  }
  sendProblem(
    res,
    found ?? { ...problem('internal', 'something went wrong here'), extra: { instance: `urn:uuid:${incident}` } },
  );
}

const NO_QUERY = new URLSearchParams();

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?');
  return at < 0 ? NO_QUERY : new URLSearchParams(url.slice(at + 1));
}
