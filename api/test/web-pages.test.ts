/** The built pages as they are served: every address of theirs, compressed, kept for ever or not, and what maps may ask. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DRIVES_FOLDER, readEvents } from '@fleet/testkit';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const ASSETS = fileURLToPath(new URL('../../web/dist/assets/', import.meta.url));
const BUILT = readdirSync(ASSETS);

let server: TestServer;

async function get(path: string, env: Readonly<Record<string, string>> = {}, headers: Record<string, string> = {}) {
  server = await startTestServer(env);
  return server.request(path, { key: '', headers });
}

afterEach(() => server.stop());

describe('the pages', () => {
  test.each([
    '/',
    '/demo',
    '/trips',
    '/trips/016ae679-0138-8862-bfb4-350000000000?vehicle=golf',
    '/vehicles',
    '/people',
    '/settings',
    '/system',
  ])('%s is the page, asked for anew each time', async (path) => {
    const { status, text, headers } = await get(path);

    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(text).toContain('<div id="root">');
  });

  test.each(['/nowhere', '/trips/a/b', '/assets/nothing.js', '/assets/', '/../package.json'])(
    '%s is nothing',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  test('say themselves that there is nothing to who types an address; programs and the API get a problem', async () => {
    const typed = await get('/nowhere', {}, { accept: 'text/html,*/*;q=0.8' });
    const asked = await server.request('/v1/nowhere', { headers: { accept: 'text/html' } });

    expect([typed.status, typed.text.includes('<div id="root">')]).toEqual([404, true]);
    expect([asked.status, asked.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  test.each([
    ['br', 'gzip, deflate, br'],
    ['gzip', 'gzip'],
    [null, 'identity'],
  ])('come as %s for who takes %s, and scripts may be kept for ever', async (encoding, accepted) => {
    const script = BUILT.find((name) => /^index-.*\.js$/.test(name));
    const { status, headers } = await get(`/assets/${script}`, {}, { 'accept-encoding': accepted });

    expect([status, headers.get('content-encoding'), headers.get('vary')]).toEqual([200, encoding, 'accept-encoding']);
    expect(headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });
});

describe('maps', () => {
  const askedHosts = (policy: string | null) => /connect-src ([^;]*)/.exec(policy ?? '')?.[1];

  test('are made of tiles of OpenStreetMap, which may be asked and are told which site asks', async () => {
    const { body, headers } = await get('/map.json');

    expect(body).toEqual({ style_url: null, tile_url: 'https://tile.openstreetmap.org/{z}/{x}/{y}.png' });
    expect(askedHosts(headers.get('content-security-policy'))).toBe("'self' https://tile.openstreetmap.org");
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
  });

  test('may come from a style of its own and its hosts', async () => {
    const env = {
      MAP_STYLE_URL: 'https://maps.test/style.json',
      MAP_HOSTS: 'https://tiles.test, https://fonts.test/x',
    };
    const { body, headers } = await get('/map.json', env);

    expect(body).toEqual({ style_url: 'https://maps.test/style.json', tile_url: null });
    expect(askedHosts(headers.get('content-security-policy'))).toBe(
      "'self' https://maps.test https://tiles.test https://fonts.test",
    );
  });

  test('ask nobody when they are off', async () => {
    const { body, headers } = await get('/map.json', { MAP_STYLE_URL: 'off' });

    expect(body).toEqual({ style_url: null, tile_url: null });
    expect(askedHosts(headers.get('content-security-policy'))).toBe("'self'");
  });

  test('of hosts that are no addresses stop the start', async () => {
    await expect(startTestServer({ MAP_HOSTS: 'tiles' })).rejects.toThrow('MAP_HOSTS=tiles');
    server = await startTestServer();
  });
});

test.each([
  [41.26, -95.98, 'America/Chicago'],
  [49.59, 8.65, 'Europe/Berlin'],
  [undefined, undefined, null],
])('a trip that starts at %p, %p goes by the clock of %p', async (lat, lon, time_zone) => {
  server = await startTestServer();
  await server.ingest({ vehicle_id: 'golf', ts: new Date().toISOString(), speed_kph: 1, lat, lon });
  const { trips } = (await server.request('/v1/trips')).body;

  expect(trips[0].time_zone).toBe(time_zone);
  expect((await server.request(`/v1/trips/${trips[0].trip_id}`)).body.time_zone).toBe(time_zone);
});

test('the demo is what the API answers for the drive that it is made of', async () => {
  const fileOf = (name: string) =>
    JSON.parse(readFileSync(fileURLToPath(new URL(`../../web/public/demo/${name}.json`, import.meta.url)), 'utf8'));
  server = await startTestServer({ INGEST_MAX_AGE: 'off' });
  const { body } = await server.request('/v1/devices', { body: { name: 'logger', vehicles: ['demo'] } });
  const drive = readEvents(`${DRIVES_FOLDER}drive-17.ndjson.gz`).map((event) => ({ ...event, vehicle_id: 'demo' }));
  const sent = await server.request('/v1/ingest', { method: 'POST', key: body.key, body: drive });
  const trip = sent.body.trips[0].trip_id;
  const { text: summary } = await server.request(`/v1/trips/${trip}`);
  const { text: events } = await server.request(`/v1/trips/${trip}/events.json`);

  expect(fileOf('trip')).toEqual({ ...JSON.parse(summary), trip_id: 'demo', name: 'Omaha' });
  expect(fileOf('events')).toEqual({ ...JSON.parse(events), trip_id: 'demo' });
});
