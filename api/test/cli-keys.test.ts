/** `fleet keys` and `fleet signin`, beside a server that works in the folder, and without one. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createPlace, lastWord, type Place } from './cli.ts';
import { send, type TestAnswer, until } from './server.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.leave());

/** A command must succeed; what it wrote. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await place.fleet(args);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
}

function ingest(key: string, vehicle_id = 'golf'): Promise<TestAnswer> {
  const body = { vehicle_id, ts: new Date().toISOString(), speed_kph: 50 };
  return send(`${place.server.url}/v1/ingest`, { method: 'POST', key, body });
}

/** How long a server that runs beside the command may take to notice: two seconds, and a little for a busy machine. */
const NOTICED_MS = 4_000;

/** Waits until the key writes. */
function opens(key: string): Promise<TestAnswer> {
  return until(
    () => ingest(key),
    ({ status }) => status === 200,
    NOTICED_MS,
  );
}

/** Waits until the key writes no more; too many tries may be answered before they are looked at. */
function isRefused(key: string): Promise<TestAnswer> {
  return until(
    () => ingest(key),
    ({ status }) => status === 401 || status === 429,
    NOTICED_MS,
  );
}

test('a name that another device has already is said, and its key is made all the same', async () => {
  const add = ['keys', 'add', '--vehicle', 'golf', '--name', 'phone'];
  const first = await place.fleet(add);
  const second = await place.fleet(add);

  expect([first.code, first.err]).toEqual([0, expect.not.stringContaining('are called')]);
  expect([second.code, second.err]).toEqual([0, expect.stringContaining('2 devices are called phone')]);
  expect(lastWord(second.out)).toMatch(/^fleet_/);
});

describe('fleet keys, beside a server', () => {
  beforeEach(() => place.server.start());

  test('a key that is added writes for its vehicle when the command is done, and for no other', async () => {
    const key = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'phone'));
    const own = await ingest(key);
    const other = await ingest(key, 'polo');

    expect(key).toMatch(/^[A-Za-z0-9_-]{24,}$/);
    expect([own.status, other.status]).toEqual([200, 403]);
  });

  test('the key before a rotation stays valid, until it is ended', async () => {
    const first = lastWord(await done('keys', 'add', '--vehicle', '*', '--name', 'phone'));
    const second = lastWord(await done('keys', 'rotate', 'phone'));
    await opens(second);
    const before = await ingest(first);
    await done('keys', 'revoke', 'phone', '--old-only');
    await isRefused(first);
    const after = await ingest(second);

    expect([before.status, after.status]).toEqual([200, 200]);
  });

  test('a revoked key opens nothing', async () => {
    const key = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'phone'));
    await opens(key);
    await done('keys', 'revoke', 'phone');

    await isRefused(key);
  });

  test('a viewer and an admin read, and do not write under another name', async () => {
    const viewer = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'wall', '--role', 'viewer'));
    const admin = lastWord(await done('keys', 'add', '--name', 'me', '--role', 'admin'));
    await opens(admin);
    const devices = `${place.server.url}/v1/devices`;

    expect((await send(`${place.server.url}/v1/trips?vehicle=golf`, { key: viewer })).status).toBe(200);
    expect((await ingest(viewer)).status).toBe(403);
    expect((await send(devices, { key: viewer })).status).toBe(403);
    expect((await send(devices, { key: admin })).status).toBe(200);
  });

  test('a sign-in link opens one session, whatever ADMIN_TOKEN the command is given', async () => {
    const made = await place.fleet(['signin'], { ADMIN_TOKEN: 'another-admin' });
    const token = lastWord(made.out).split('token=')[1];
    const session = () => send(`${place.server.url}/v1/session`, { method: 'POST', body: { token } });

    const [first, second] = [await session(), await session()];

    expect([first.status, second.status]).toEqual([204, 401]);
  });

  test('a sign-in link comes with a code that a phone can scan', async () => {
    const lines = (await done('signin')).split('\n').filter((line) => /^[ ▀▄█]{30,}$/.test(line));

    expect(lines.length).toBeGreaterThan(15);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  test('a sign-in link for a person signs in as that person', async () => {
    const body = { name: 'Anna', role: 'viewer', vehicles: ['golf'] };
    await send(`${place.server.url}/v1/people`, { method: 'POST', key: place.admin, body });
    const token = lastWord(await done('signin', '--name', 'Anna')).split('token=')[1];

    const { headers } = await send(`${place.server.url}/v1/session`, { method: 'POST', body: { token } });
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    const whoami = await send(`${place.server.url}/v1/session`, { headers: { cookie } });

    expect(whoami.body).toEqual({ ...body, trip_id: null });
  });
});

describe('fleet keys, without a server', () => {
  test('a key that is made before the first start is good from the start', async () => {
    const key = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'phone'));
    await place.server.start();

    expect((await ingest(key)).status).toBe(200);
  });

  test('the list names devices, and never shows a key or what is kept of it', async () => {
    const added = await done(
      'keys',
      'add',
      '--vehicle',
      'golf',
      '--vehicle',
      'polo',
      '--name',
      'pi',
      '--expires',
      '90d',
    );
    const rotated = await done('keys', 'rotate', 'pi');
    const list = await done('keys', 'list');

    expect(list).toMatch(/^ID +NAME +ROLE +VEHICLES +KEYS +EXPIRES +LAST SEEN$/m);
    expect(list).toMatch(/ pi +device +golf, polo +2 +\d{4}-\d\d-\d\d \d\d:\d\d UTC +never$/m);
    for (const text of [added, rotated]) expect(list).not.toContain(lastWord(text).slice(8));
    expect(list).not.toMatch(/[0-9a-f]{64}/);
  });

  test('a key ends when it is said to, and its successor holds as long again', async () => {
    const short = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'phone', '--expires', '1ms'));
    const long = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'dongle', '--expires', '1h'));
    const next = lastWord(await done('keys', 'rotate', 'dongle'));
    await place.server.start();

    expect((await ingest(short)).status).toBe(401);
    expect((await ingest(long)).status).toBe(200);
    expect((await ingest(next)).status).toBe(200);
    expect(await done('keys', 'list')).toMatch(/ phone +device +golf +0 /);
  });

  test('two devices of one name are told apart by their ids', async () => {
    const ids: string[] = [];
    for (const vehicle of ['golf', 'polo']) {
      const out = await done('keys', 'add', '--vehicle', vehicle, '--name', 'phone');
      ids.push(/\(id ([0-9a-f-]{36}),/.exec(out)?.[1] ?? '');
    }
    const ambiguous = await place.fleet(['keys', 'revoke', 'phone']);
    await done('keys', 'revoke', ids[0] ?? '');
    const list = await done('keys', 'list');

    expect(ambiguous).toMatchObject({ code: 1, err: expect.stringContaining(`${ids[0]}`) });
    expect(list).not.toContain(ids[0]);
    expect(list).toContain(ids[1]);
  });
});
