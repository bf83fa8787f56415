/** The web pages: files that `web/` was built into, and its one page for every address that is a state of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express, NextFunction, Request, Response } from 'express';

const FOLDER = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** The addresses of the pages, see `web/src/app.tsx`. */
const PAGES = ['/', '/demo', '/trips', '/trips/:id', '/vehicles', '/people', '/settings', '/system'];

/** Files whose names change with what is in them may be kept for ever; all others are asked for again. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** How files are kept compressed beside themselves, the smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Paths of files: nothing hidden, no way out of the folder. */
const FILE = /^(\/[\w-][\w.-]*)+\.\w+$/;

/** Serves the pages as they are on the disk now: an update may build them anew beside a server that runs. */
export function addWebPages(app: Express): void {
  for (const page of PAGES) app.get(page, (req, res, next) => sendFile(req, res, next, '/index.html'));
  app.use((req, res, next) => {
    const isAsked = (req.method === 'GET' || req.method === 'HEAD') && FILE.test(req.path);
    if (isAsked) sendFile(req, res, next, req.path);
    else next();
  });
  // Whoever types an address that there is not is told so by the page, with the way back.
  app.use((req, res, next) => {
    const isTyped = req.method === 'GET' && (req.headers.accept ?? '').includes('text/html');
    if (!isTyped || req.path.startsWith('/v1/')) return next();
    res.status(404);
    sendFile(req, res, next, '/index.html');
  });
}

function sendFile(req: Request, res: Response, next: NextFunction, path: string): void {
  if (!existsSync(join(FOLDER, path))) {
    next();
    return;
  }
  const accepted = req.headers['accept-encoding'] ?? '';
  const isThere = (suffix: string) => existsSync(join(FOLDER, path + suffix));
  const [encoding, suffix] = ENCODINGS.find(([name, end]) => accepted.includes(name) && isThere(end)) ?? ['', ''];
  res.type(path.slice(path.lastIndexOf('.')));
  if (encoding !== '') res.set('content-encoding', encoding);
  res.set({ vary: 'accept-encoding', 'cache-control': path.startsWith('/assets/') ? FOR_EVER : 'no-cache' });
  res.sendFile(path + suffix, { root: FOLDER, cacheControl: false });
}
