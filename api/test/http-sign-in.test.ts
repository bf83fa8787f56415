import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { OWNER, SESSION_MS, SIGNIN_MS } from '../src/access/tokens.ts';
import { startTestServer, type TestAnswer, type TestServer } from './server.ts';

const START = Date.UTC(2025, 10, 4, 12);
const DAY = 86_400_000;

let now = START;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({}, { now: () => now });
});
beforeEach(() => {
  now = START;
});
afterAll(() => server.stop());

function open(token: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return server.request('/v1/session', { key: '', body: { token }, headers });
}

/** The cookie that an answer sets, as a browser sends it back. */
function cookieOf({ headers }: TestAnswer): string {
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function signedIn(person = OWNER): Promise<string> {
  return cookieOf(await open(server.services.signIn.invite(person)));
}

async function whoIs(cookie: string): Promise<string | number> {
  const { status, body } = await server.request('/v1/session', { key: '', headers: { cookie } });
  return status === 200 ? body.name : status;
}

async function invitedPerson(): Promise<{ id: string; token: string }> {
  const { body } = await server.request('/v1/people', { body: { name: 'Anna', role: 'viewer', vehicles: ['golf'] } });
  return { id: body.person.id, token: new URL(body.signin_url).searchParams.get('token') ?? '' };
}

describe('a link to sign in', () => {
  test('opens a session, once', async () => {
    const token = server.services.signIn.invite(OWNER);
    const first = await open(token);
    const second = await open(token);

    expect(first.status).toBe(204);
    expect(await whoIs(cookieOf(first))).toBe('admin');
    expect([second.status, second.headers.get('set-cookie')]).toEqual([401, null]);
  });

  test('is used up by the first of two who come at once', async () => {
    const token = server.services.signIn.invite(OWNER);
    const answers = await Promise.all([open(token), open(token), open(token)]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401, 401]);
  });

  test('is not used up by whatever looks at it, but by a click on the form there', async () => {
    const token = server.services.signIn.invite(OWNER);
    const page = await server.request(`/signin?token=${token}`, { key: '' });
    const again = await server.request(`/signin?token=${token}`, { key: '' });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await server.request('/v1/session', { key: '', headers: form, body: `token=${token}` });

    expect([page.status, again.text]).toEqual([200, page.text]);
    expect(page.text).toContain(`<input type="hidden" name="token" value="${token}">`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(await whoIs(cookieOf(answer))).toBe('admin');
  });

  test('shows nothing of what somebody put into it', async () => {
    const page = await server.request('/signin?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', { key: '' });

    expect(page.text).not.toMatch(/<script|""|alert\(/);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });

  test.each([
    ['for a quarter of an hour', SIGNIN_MS - 1, 204],
    ['not longer', SIGNIN_MS, 401],
  ])('of the server itself is good %s', async (_what, ms, status) => {
    const token = server.services.signIn.invite(OWNER);
    now += ms;

    expect((await open(token)).status).toBe(status);
  });

  test('that a person was sent is good for a week, and as long as the person is there', async () => {
    const [late, tooLate, removed] = [await invitedPerson(), await invitedPerson(), await invitedPerson()];
    await server.request(`/v1/people/${removed.id}`, { method: 'DELETE' });
    const statuses = [(await open(removed.token)).status];
    now += 7 * DAY - 1;
    statuses.push((await open(late.token)).status);
    now += 1;
    statuses.push((await open(tooLate.token)).status);

    expect(statuses).toEqual([401, 204, 401]);
  });

  test.each<[string, (token: string) => string]>([
    ['nothing', () => ''],
    ['a part of it', (token) => token.slice(0, -1)],
    ['another signature', (token) => `${token.split('.')[0]}.${'A'.repeat(43)}`],
    [
      'another person',
      (token) => {
        const [body = '', signature] = token.split('.');
        const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), person: OWNER };
        return `${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      },
    ],
    ['a third part', (token) => `${token}.x`],
    ['what is no text of ours', () => '\u0000ä.\ud800'],
  ])('with %s opens nothing', async (_what, change) => {
    const { token } = await invitedPerson();
    const answer = await open(change(token));

    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([401, null]);
    expect((await open(token)).status).toBe(204);
  });

  test.each<[string, (own: string) => Record<string, string>, number]>([
    ['another site', () => ({ 'sec-fetch-site': 'cross-site' }), 403],
    ['another site, over http', () => ({ origin: 'http://elsewhere.example' }), 403],
    ['another port, over http', (own) => ({ origin: own.replace(/\d+$/, '1') }), 403],
    ['a page that hides where it is from', () => ({ origin: 'null' }), 403],
    ['our own page', () => ({ 'sec-fetch-site': 'same-origin', origin: 'https://proxied.example' }), 204],
    ['our own page, over http', (own) => ({ origin: own }), 204],
    ['our own page at PUBLIC_URL', () => ({ origin: new URL(server.services.publicUrl()).origin }), 204],
    ['no page', () => ({}), 204],
  ])('that is sent by %s: nobody is made to act as somebody else', async (_what, headers, status) => {
    const token = server.services.signIn.invite(OWNER);
    const answer = await open(token, headers(server.url));

    expect([answer.status, answer.headers.has('set-cookie')]).toEqual([status, status === 204]);
  });

  test('stands on a page that lets its form say where it is from', async () => {
    const { headers } = await server.request('/signin', { key: '' });
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
  });
});

describe('a session', () => {
  test('is no link, and a link is no session', async () => {
    const cookie = await signedIn();
    const link = server.services.signIn.invite(OWNER);

    expect((await open(cookie.split('=')[1] ?? '')).status).toBe(401);
    expect(await whoIs(`fleet_session=${link}`)).toBe(401);
  });

  test('ends when somebody signs out, also where the cookie is kept, and no other session with it', async () => {
    const [mine, other] = [await signedIn(), await signedIn()];
    const answer = await server.request('/v1/session', { key: '', method: 'DELETE', headers: { cookie: mine } });

    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/^fleet_session=; .*Max-Age=0/);
    expect([await whoIs(mine), await whoIs(other)]).toEqual([401, 'admin']);
  });

  test('ends after its time, and stays ended until then', async () => {
    const cookie = await signedIn();
    const ended = await signedIn();
    await server.request('/v1/session', { key: '', method: 'DELETE', headers: { cookie: ended } });
    now += SESSION_MS - 1;
    await server.services.refresh();
    const before = [await whoIs(cookie), await whoIs(ended)];
    now += 1;

    expect([...before, await whoIs(cookie)]).toEqual(['admin', 401, 401]);
  });

  test('of a person ends with the person', async () => {
    const { id, token } = await invitedPerson();
    const cookie = cookieOf(await open(token));
    const before = await whoIs(cookie);
    await server.request(`/v1/people/${id}`, { method: 'DELETE' });

    expect([before, await whoIs(cookie)]).toEqual(['Anna', 401]);
  });

  test('of a viewer sees the cars of the viewer, and changes nothing', async () => {
    await server.ingest([
      { vehicle_id: 'golf', ts: '2025-11-04T12:00:00Z', rpm: 900 },
      { vehicle_id: 'polo', ts: '2025-11-04T12:00:00Z', rpm: 900 },
    ]);
    const { token } = await invitedPerson();
    const headers = { cookie: cookieOf(await open(token)) };
    const seen = await server.request('/v1/vehicles', { key: '', headers });
    const made = await server.request('/v1/devices', { key: '', headers, body: { name: 'x', vehicles: '*' } });

    expect(seen.body.vehicles).toMatchObject([{ vehicle: 'golf' }]);
    expect(made.status).toBe(403);
  });

  test.each([
    ['POST', 'cross-site', 403],
    ['POST', 'same-site', 403],
    ['POST', 'same-origin', 201],
    ['POST', 'none', 201],
    ['POST', undefined, 201],
    ['GET', 'cross-site', 200],
  ])('that a %s comes with from %s is answered %s', async (method, site, status) => {
    const cookie = await signedIn();
    const body = method === 'POST' ? { name: 'x', vehicles: '*' } : undefined;
    const headers = { cookie, ...(site !== undefined && { 'sec-fetch-site': site }) };

    expect((await server.request('/v1/devices', { key: '', method, headers, body })).status).toBe(status);
  });

  test('gives way to a key: whoever sends one is whose key it is', async () => {
    const headers = { cookie: await signedIn() };
    const key = await server.viewer('golf');

    expect((await server.request('/v1/session', { key, headers })).body.role).toBe('viewer');
    expect((await server.request('/v1/session', { key: 'wrong', headers })).status).toBe(401);
  });

  test.each([
    ['with an ADMIN_TOKEN', 'the-admins'],
    ['without one', ''],
  ])('holds over a restart, %s', async (_what, token) => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
    const first = await startTestServer({ ADMIN_TOKEN: token }, { folder });
    const body = { token: first.services.signIn.invite(OWNER) };
    const cookie = cookieOf(await first.request('/v1/session', { key: '', body }));
    await first.stop();
    const again = await startTestServer({ ADMIN_TOKEN: token }, { folder });
    const answers = [
      await again.request('/v1/session', { key: '', headers: { cookie } }),
      await again.request('/v1/session', { key: '', body }),
    ];
    await again.stop();
    rmSync(folder, { recursive: true });

    expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  });
});

describe('the cookie of a session', () => {
  const over = (proto: string) => ({ 'x-forwarded-proto': proto });
  test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
    ['plain http', {}, {}, false],
    ['what somebody says is https', {}, over('https'), false],
    ['https, as a trusted proxy says', { TRUST_PROXY: 'loopback' }, over('https'), true],
    ['http behind a trusted proxy', { TRUST_PROXY: '1' }, over('http'), false],
    ['an address that is https', { PUBLIC_URL: 'https://fleet.example.org' }, {}, true],
    ['an address that is http', { PUBLIC_URL: 'http://fleet.example.org' }, {}, false],
  ])('over %s', async (_what, env, headers, isSecure) => {
    const other = await startTestServer({ STORE: 'memory', ...env });
    const token = other.services.signIn.invite(OWNER);
    const answer = await other.request('/v1/session', { key: '', body: { token }, headers });
    await other.stop();

    const [value, ...attributes] = answer.headers.get('set-cookie')?.split('; ') ?? [];
    expect(value).toMatch(/^fleet_session=[\w.-]+$/);
    const seconds = `Max-Age=${SESSION_MS / 1_000}`;
    expect(attributes.map((each) => each.replace(/Max-Age=259199\d/, seconds))).toEqual(
      ['Path=/', 'HttpOnly', 'SameSite=Strict', seconds].concat(isSecure ? ['Secure'] : []),
    );
  });
});
