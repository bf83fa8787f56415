/** The HTTP server: Node's limits, and the hot path. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Express } from 'express';
import { expressMessages } from './fast-express.ts';
import { INGEST_PATHS } from './ingest-route.ts';
import type { Route } from './route.ts';
import { createRouteServer, type RouteServer, type RouteServerParts } from './serve-route.ts';

/** Time for the headers of a request, milliseconds. */
const HEADERS_MS = 10_000;
/** Time for a whole request. */
const REQUEST_MS = 30_000;
/** Time for a whole request that brings a chunk. */
const UPLOAD_MS = 120_000;
/** How long a connection may be idle: longer than the proxies in front keep theirs. */
const KEEP_ALIVE_MS = 65_000;
/** How long nothing may move on a connection that is in use. */
const STALLED_MS = 120_000;
const LOOK_EVERY_MS = 5_000;
const MAX_HEADER_BYTES = 32 * 1_024;
const MAX_CONNECTIONS = 4_096;

export interface ServerParts extends RouteServerParts {
  readonly app: Express;
  readonly routes: readonly Route[];
  /** Aborted when the server is about to stop: connections end with their answer. */
  readonly draining: AbortSignal;
}

/** A server that doesn't listen yet. */
export function createHttpServer({ app, routes, draining, ...parts }: ServerParts): Server {
  const hot = hotRoutes(routes, parts);
  const pending = new Map<IncomingMessage, number>();
  const server = createServer(
    {
      ...expressMessages(app),
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: UPLOAD_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: LOOK_EVERY_MS,
    },
    (req, res) => {
      if (draining.aborted) res.setHeader('connection', 'close');
      if (req.method !== 'PUT') watch(pending, req, res);
      const serve = hot.get(`${req.method} ${req.url}`);
      if (serve === undefined) app(req, res);
      else void serve(req, res, {});
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(STALLED_MS);
  const timer = setInterval(() => cutSlow(pending), LOOK_EVERY_MS).unref();
  return server.on('close', () => clearInterval(timer));
}

/** Routes that are served without Express between, by method and address: it would cost half of their time. */
function hotRoutes(routes: readonly Route[], parts: RouteServerParts): ReadonlyMap<string, RouteServer> {
  const hot = routes.filter(({ path }) => (INGEST_PATHS as readonly string[]).includes(path));
  return new Map(hot.map((route) => [`${route.method.toUpperCase()} ${route.path}`, createRouteServer(parts, route)]));
}

/** Keeps an eye on a request until its answer is out. */
function watch(pending: Map<IncomingMessage, number>, req: IncomingMessage, res: ServerResponse): void {
  pending.set(req, performance.now());
  res.on('close', () => pending.delete(req));
}

/** Cuts requests off whose bodies come too slowly: Node's own limit must leave time for chunks. */
function cutSlow(pending: ReadonlyMap<IncomingMessage, number>): void {
  for (const [req, began] of pending) {
    if (!req.complete && performance.now() - began > REQUEST_MS) req.destroy();
  }
}
