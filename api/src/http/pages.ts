/** The few pages of the server itself: the start, signing in, and the description of the API. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express, type Response } from 'express';
import type { MapSettings } from './map-settings.ts';
import { openApi } from './openapi.ts';
import type { Route } from './route.ts';
import { addWebPages } from './web-pages.ts';

const STATIC = fileURLToPath(new URL('../../static/', import.meta.url));
const SWAGGER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

export function addPages(app: Express, routes: readonly Route[], map: MapSettings): void {
  let description: string | undefined;
  app.get('/openapi.json', (_req, res) => {
    description ??= JSON.stringify(openApi(routes));
    res.type('application/json').send(description);
  });
  const { style_url, tile_url } = map;
  app.get('/map.json', (_req, res) => {
    res.set('cache-control', 'no-store').json({ style_url, tile_url });
  });
  app.get('/signin', (req, res) => signIn(res, new URLSearchParams(req.url.split('?')[1]).get('token') ?? ''));
  // Also with a slash behind it, as people type it.
  app.get('/docs', (_req, res) => res.sendFile('docs.html', { root: STATIC, etag: false, maxAge: '1h' }));
  app.use('/docs/swagger', express.static(SWAGGER, { index: false, etag: false, maxAge: '1d' }));
  addWebPages(app);
  app.use(express.static(STATIC, { extensions: ['html'], etag: false, maxAge: '1h' }));
}

/** The link's token is used up by a click, not by whatever looks at links before people do. */
function signIn(res: Response, token: string): void {
  const safe = token.replaceAll(/[^\w.-]/g, '');
  res.setHeader('cache-control', 'no-store');
  res.type('html').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Sign in – Fleet Telemetry</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<main>
<h1>Fleet Telemetry</h1>
${safe === '' ? NO_LINK : signInForm(safe)}
</main>
</html>
`);
}

function signInForm(token: string): string {
  return `<form method="post" action="/v1/session">
<input type="hidden" name="token" value="${token}">
<button>Sign in on this device</button>
</form>`;
}

/** For those who come without a link, or with one that is no good any more. */
const NO_LINK = `<p>To sign in, open a link that was made for you. Each is good once, and not for long: yours may have been used.</p>
<p>Whoever runs this server makes a new one with <code>npx fleet signin</code>.</p>`;
