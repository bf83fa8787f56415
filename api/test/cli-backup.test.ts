/** `fleet backup` and `fleet restore`: what was there comes back, and nothing is lost on the way. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReadTrip, readTrips } from '@fleet/testkit';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { backupTime } from '../src/stores/sqlite/backup.ts';
import { createPlace, type Place } from './cli.ts';
import { send, until } from './server.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await createPlace();
  await place.server.start();
});
afterEach(() => place.leave());

/** A drive of a few events, so many hours before now. */
async function drive(vehicle_id: string, hoursAgo: number): Promise<void> {
  const start = Date.now() - hoursAgo * 3_600_000;
  const events = Array.from({ length: 30 }, (_, second) => ({
    vehicle_id,
    ts: new Date(start + second * 1_000).toISOString(),
    speed_kph: 50,
  }));
  const { status } = await send(`${place.server.url}/v1/ingest`, { method: 'POST', key: place.admin, body: events });
  expect(status).toBe(200);
}

function trips(): Promise<ReadTrip[]> {
  return readTrips({ url: place.server.url, key: place.admin });
}

/** What is in the data folder, the lock and what SQLite keeps beside a file aside. */
function digests(): Record<string, string> {
  const folder = join(place.folder, 'data');
  const names = readdirSync(folder).filter((name) => /\.db($|\.)/.test(name) && statSync(join(folder, name)).isFile());
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

test('what was backed up beside a working server comes back, and what was there is set aside', async () => {
  await drive('golf', 3);
  await drive('polo', 2);
  const before = await trips();
  const backup = await place.fleet(['backup', 'safe.db']);
  await drive('golf', 1);
  const after = await trips();
  await place.server.end('SIGTERM');
  const restored = await place.fleet(['restore', 'safe.db']);
  await place.server.start();
  const then = await trips();

  expect(backup).toMatchObject({
    code: 0,
    out: 'safe.db is written and verified: 60 events of 2 vehicles in 2 trips.\n',
  });
  expect(restored).toMatchObject({
    code: 0,
    out: expect.stringContaining('Restored 60 events of 2 vehicles in 2 trips'),
  });
  expect(after).toHaveLength(3);
  expect(then).toEqual(before);

  const aside = /is in (\S+):/.exec(restored.out)?.[1] ?? '';
  await place.server.end('SIGTERM');
  const undone = await place.fleet(['restore', aside, '--force']);
  await place.server.start();

  expect(undone.code).toBe(0);
  expect(await trips()).toEqual(after);
});

test('what a killed server had not yet moved into its file is restored with it', async () => {
  await drive('golf', 2);
  const before = await trips();
  await place.server.end('SIGKILL');
  const set = await place.fleet(['backup', 'other.db']);
  const first = await place.fleet(['restore', 'other.db']);
  const aside = /is in (\S+):/.exec(first.out)?.[1] ?? '';
  const second = await place.fleet(['restore', aside]);
  await place.server.start();

  expect([set.code, first.code, second.code]).toEqual([0, 0, 0]);
  expect(await trips()).toEqual(before);
});

test('a dry run says what would happen, and changes nothing', async () => {
  await drive('golf', 2);
  await trips();
  await place.fleet(['backup', 'safe.db']);
  await place.server.end('SIGTERM');
  const before = digests();

  const { code, out } = await place.fleet(['restore', '--dry-run', 'safe.db']);

  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(
      /^Would restore safe\.db \(30 events of 1 vehicle in 1 trip\) to .*Nothing was changed\.\n$/,
    ),
  });
  expect(digests()).toEqual(before);
});

test.each([[[]], [['--force']], [['--dry-run']]])(
  'nothing is restored under a server that works (%j)',
  async (options) => {
    await drive('golf', 2);
    await place.fleet(['backup', 'safe.db']);
    await drive('golf', 1);

    const { code, err } = await place.fleet(['restore', 'safe.db', ...options]);

    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(/^fleet: another fleet server works in .*\n$/),
    });
    expect(await trips()).toHaveLength(2);
  },
);

test('a backup to the same folder, missing at first, may be made again and again', async () => {
  await drive('golf', 2);
  const first = await place.fleet(['backup', 'mine']);
  const [name = ''] = readdirSync(join(place.folder, 'mine'));
  await until(Date.now, (now) => Math.floor(now / 1_000) > backupTime(name) / 1_000);
  const second = await place.fleet(['backup', 'mine']);

  expect([first.code, second.code]).toEqual([0, 0]);
  expect(first.out).toMatch(/: 30 events of 1 vehicle, not all cut into trips yet\.\n$/);
  expect(readdirSync(join(place.folder, 'mine'))).toHaveLength(2);
});

test('a damaged backup is refused, and what is there stays', async () => {
  await drive('golf', 2);
  await place.fleet(['backup', 'safe.db']);
  await place.server.end('SIGTERM');
  const file = join(place.folder, 'safe.db');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x55, bytes.length / 2));
  const before = digests();

  const { code, err } = await place.fleet(['restore', 'safe.db']);

  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^fleet: safe\.db is (damaged|no backup).*\n$/),
  });
  expect(digests()).toEqual(before);
});

test('a backup goes to a folder under a name that tells its time, and never over a file', async () => {
  await drive('golf', 2);
  mkdirSync(join(place.folder, 'usb'));
  const named = await place.fleet(['backup', 'usb']);
  const made = await place.fleet(['backup', 'new']);
  const chosen = await place.fleet(['backup'], { BACKUP_DIR: 'usual/' });
  const over = await place.fleet(['backup', join('data', 'fleet.db')]);

  expect([named.code, made.code, chosen.code]).toEqual([0, 0, 0]);
  for (const folder of ['usb', 'new', 'usual']) {
    expect(readdirSync(join(place.folder, folder))).toEqual([
      expect.stringMatching(/^fleet-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/),
    ]);
  }
  expect(over).toMatchObject({ code: 1, err: expect.stringMatching(/^fleet: .* is there already: .*\n$/) });
  expect(await trips()).toHaveLength(1);
});
