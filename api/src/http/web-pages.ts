/** The web pages: files that `web/` was built into, and its one page for every address that is a state of it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express, Request, Response } from 'express';

const FOLDER = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** The addresses of the pages, see `web/src/app.tsx`. */
const PAGES = ['/', '/trips', '/trips/:id', '/vehicles', '/people', '/settings', '/system'];

/** Files whose names change with what is in them may be kept for ever; all others are asked for again. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** How files are kept compressed beside themselves, the smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Serves the pages, if they were built. Which files there are is read once. */
export function addWebPages(app: Express): void {
  if (!existsSync(FOLDER)) return;
  const files = new Set(
    readdirSync(FOLDER, { recursive: true }).map((name) => `/${String(name).replaceAll('\\', '/')}`),
  );
  for (const page of PAGES) app.get(page, (req, res) => sendFile(req, res, files, '/index.html'));
  app.use((req, res, next) => {
    const isAsked = (req.method === 'GET' || req.method === 'HEAD') && /\.\w+$/.test(req.path) && files.has(req.path);
    if (isAsked) sendFile(req, res, files, req.path);
    else next();
  });
}

function sendFile(req: Request, res: Response, files: ReadonlySet<string>, path: string): void {
  const accepted = req.headers['accept-encoding'] ?? '';
  const [encoding, suffix] = ENCODINGS.find(([name, end]) => accepted.includes(name) && files.has(path + end)) ?? [
    '',
    '',
  ];
  res.type(path.slice(path.lastIndexOf('.')));
  if (encoding !== '') res.set('content-encoding', encoding);
  res.set({ vary: 'accept-encoding', 'cache-control': path.startsWith('/assets/') ? FOR_EVER : 'no-cache' });
  res.sendFile(join(FOLDER, path + suffix), { cacheControl: false, etag: true, lastModified: true });
}
