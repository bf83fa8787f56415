/** The pages of the server itself: all that they need is there, and allowed by their own policy. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OWNER } from '../src/access/tokens.ts';
import { startTestServer, type TestAnswer, type TestServer } from './server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

const get = (path: string) => server.request(path, { key: '' });

describe('pages', () => {
  test.each(['/', '/docs', '/docs/', '/signin', '/signin?token=a.b'])(
    '%s needs nothing that is not there',
    async (path) => {
      const page = await get(path);
      const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset]) => `${asset}`);

      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(assets).toContain('/icon.svg');
      for (const asset of assets) expect([asset, (await get(asset)).status]).toEqual([asset, 200]);
    },
  );

  test.each(['/', '/docs', '/signin', '/signin?token=a.b'])(
    '%s has nothing inline, and nothing from elsewhere',
    async (path) => {
      const page = await get(path);

      expect(page.headers.get('content-security-policy')).toMatch(
        /default-src 'none';script-src 'self';style-src 'self'/,
      );
      expect(page.text).not.toMatch(/<script>|<style|\sstyle=|\son\w+=|https?:|="\/\//);
    },
  );

  test('the description that /docs shows is the one that is served', async () => {
    const { status, body } = await get('/openapi.json');

    expect([status, body.openapi]).toEqual([200, '3.1.1']);
    expect((await get('/docs.js')).text).toContain("fetch('/openapi.json')");
  });
});

describe('signing in by a link', () => {
  const post = (token: string): Promise<TestAnswer> =>
    server.request('/v1/session', {
      key: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${new URLSearchParams({ token })}`,
    });

  test('the page holds the token, and uses it up by a click only', async () => {
    const token = server.services.signIn.invite(OWNER);
    const pages = [await get(`/signin?token=${token}`), await get(`/signin?token=${token}`)];

    expect(pages.map(({ text }) => text.includes(`value="${token}"`))).toEqual([true, true]);
    expect((await post(token)).headers.get('location')).toBe('/');
  });

  test('a good link opens a session', async () => {
    const answer = await post(server.services.signIn.invite(OWNER));
    const [cookie = ''] = `${answer.headers.get('set-cookie')}`.split(';');

    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect((await server.request('/v1/session', { key: '', headers: { cookie } })).body).toMatchObject({
      role: 'admin',
    });
  });

  test.each(['used', 'forged'])('a %s link leads back to a page that says what to do', async (kind) => {
    const token = kind === 'used' ? server.services.signIn.invite(OWNER) : 'a.b';
    if (kind === 'used') await post(token);
    const answer = await post(token);

    expect([answer.status, answer.headers.get('location'), answer.headers.get('set-cookie')]).toEqual([
      303,
      '/signin',
      null,
    ]);
    expect((await get('/signin')).text).toContain('npx fleet signin');
  });

  test('a token can put nothing of its own into the page', async () => {
    const { text } = await get(`/signin?token=${encodeURIComponent('"><script>alert(1)</script>')}`);

    expect(text).not.toContain('<script');
  });
});
