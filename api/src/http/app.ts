/** The application: routes, pages, and what is answered where there is neither. */
import { problem } from '@fleet/contract';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { sendNothing, sendProblem } from './answer.ts';
import type { MapSettings } from './map-settings.ts';
import { addPages } from './pages.ts';
import type { Method, Route } from './route.ts';
import { createRouteServer, fail, type RouteServerParts } from './serve-route.ts';

export interface AppParts extends RouteServerParts {
  readonly routes: readonly Route[];
  readonly map: MapSettings;
}

export function createApp({ routes, map, ...parts }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false).set('case sensitive routing', true);
  app.use(helmet(headersWith(map)));
  const byPath = new Map<string, Method[]>();
  for (const route of routes) {
    const path = expressPath(route.path);
    const serve = createRouteServer(parts, route);
    app[route.method](path, (req: Request, res: Response) => serve(req, res, req.params as Record<string, string>));
    byPath.set(path, [...(byPath.get(path) ?? []), route.method]);
  }
  // `app.all` would make a layer for each of 34 methods.
  for (const [path, methods] of byPath) app.route(path).all((req, res) => answerMethod(req, res, methods));
  addPages(app, routes, map);
  app.use((_req: Request, res: Response) => {
    // Not said back: an address that is almost right may have a key in it.
    sendProblem(res, problem('not-found', 'there is nothing at this address'));
  });
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    if (isRefusal(error)) sendProblem(res, problem('malformed-request', 'the path or a header can’t be followed'));
    else fail(res, error, parts.onFailure);
  });
  return app;
}

/**
 * Nothing from elsewhere but what maps are made of, nothing inline, no frame. Whoever terminates TLS in front decides on
 * HSTS. Tile servers want to know which site asks, so its origin is told.
 */
function headersWith({ hosts }: MapSettings): Parameters<typeof helmet>[0] {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        workerSrc: ["'self'"],
        // MapLibre makes pictures of its own from what it fetched: blob.
        imgSrc: ["'self'", 'data:', 'blob:', ...hosts],
        connectSrc: ["'self'", ...hosts],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // A form of ours says where it is from, which `isForged` asks.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: false,
  };
}

/** Says which methods an address takes, to whoever asked for that or tried another. */
function answerMethod(req: Request, res: Response, methods: readonly Method[]): void {
  const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ');
  res.setHeader('allow', allowed);
  if (req.method === 'OPTIONS') sendNothing(res);
  else sendProblem(res, problem('method-not-allowed', `this address takes ${allowed}`));
}

/** `{name}` as Express writes it. */
function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** What Express and its server of files throw with a status: a broken percent escape, a condition that does not hold. */
function isRefusal(error: unknown): boolean {
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
}
