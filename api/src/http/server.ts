/** The HTTP server: Node's limits, and the hot path. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';
import type { Services } from '../services.ts';
import { createHotIngest } from './hot-ingest.ts';
import { INGEST_PATHS } from './ingest-route.ts';
import { isReadAgain, LenientServer } from './lenient-server.ts';
import type { Route } from './route.ts';
import { createRouteServer, type RouteServer, type RouteServerParts } from './serve-route.ts';

/** How long a client may take, milliseconds. */
export interface Patience {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For a whole request; the time that the server itself takes to read on does not count. */
  readonly requestMs: number;
  /** For a whole request that brings a chunk, and any other all in all. */
  readonly uploadMs: number;
  /** How often it is looked. */
  readonly lookEveryMs: number;
}

const PATIENCE: Patience = { headersMs: 10_000, requestMs: 30_000, uploadMs: 120_000, lookEveryMs: 5_000 };

/** How long a connection may be idle: longer than the proxies in front keep theirs. */
const KEEP_ALIVE_MS = 65_000;
/** How long nothing may move on a connection that is in use. */
const STALLED_MS = 120_000;
const MAX_HEADER_BYTES = 32 * 1_024;
const MAX_CONNECTIONS = 4_096;

export interface ServerParts extends RouteServerParts {
  readonly app: Express;
  readonly routes: readonly Route[];
  readonly services: Services;
  readonly patience?: Patience;
}

/** A server that doesn't listen yet. */
export function createHttpServer({ app, routes, services, patience = PATIENCE, ...parts }: ServerParts): Server {
  const hot = hotRoutes(routes, services, parts);
  const watch = new SlowRequests(patience);
  const serve = (req: IncomingMessage, res: ServerResponse) => {
    watch.began(req);
    if (services.draining.aborted || isReadAgain(req.socket)) res.setHeader('connection', 'close');
    const serveHot = req.method === 'POST' ? hot.get(req.url ?? '') : undefined;
    if (serveHot === undefined) app(req, res);
    else void serveHot(req, res, {});
  };
  const server = new LenientServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: patience.headersMs,
      requestTimeout: patience.uploadMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: patience.lookEveryMs,
    },
    serve,
  );
  // What else a client may expect of a server is ignored (RFC 9110 §10.1.1): Node's own answer would be no problem document.
  server.on('checkExpectation', serve);
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(STALLED_MS);
  const timer = setInterval(() => watch.cut(), patience.lookEveryMs).unref();
  return server.on('connection', (socket) => watch.opened(socket)).on('close', () => clearInterval(timer));
}

/** The ingest routes by address: they are served without Express between, which would cost half of their time. */
function hotRoutes(
  routes: readonly Route[],
  services: Services,
  parts: RouteServerParts,
): ReadonlyMap<string, RouteServer> {
  const ingest = routes.filter(({ path }) => (INGEST_PATHS as readonly string[]).includes(path));
  return new Map(
    ingest.map((route) => {
      const general = createRouteServer(parts, route);
      return [route.path, createHotIngest(services, parts, route.path, general)];
    }),
  );
}

/** Cuts off requests whose bodies come too slowly. Node's own limit must leave time for chunks, which come by PUT. */
class SlowRequests {
  readonly #patience: Patience;
  /** The last request of each connection. */
  readonly #last = new Map<Socket, IncomingMessage | null>();
  /** How long each request was waited for that was incomplete when last looked, milliseconds. */
  #waited = new Map<IncomingMessage, number>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  opened(socket: Socket): void {
    this.#last.set(socket, null);
    socket.on('close', () => this.#last.delete(socket));
  }

  began(req: IncomingMessage): void {
    this.#last.set(req.socket, req);
  }

  cut(): void {
    const { requestMs, lookEveryMs } = this.#patience;
    const waited = new Map<IncomingMessage, number>();
    for (const req of this.#last.values()) {
      if (req === null || req.complete || req.method === 'PUT') continue;
      // What came and was not read yet is not the client's delay.
      const ms = (this.#waited.get(req) ?? 0) + (req.readableLength > 0 ? 0 : lookEveryMs);
      waited.set(req, ms);
      if (ms > requestMs) req.destroy();
    }
    this.#waited = waited;
  }
}
