/** A backup is what was there at one moment, whole; a file that is not is noticed, and nothing is lost by restoring one. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventStore } from '../src/ports.ts';
import type { Registry } from '../src/registry.ts';
import { makeBackup, restoreBackup, verifyBackup } from '../src/stores/sqlite/backup.ts';
import type { BackupMethods } from '../src/stores/sqlite/backup-thread.ts';
import { openForWriting } from '../src/stores/sqlite/open-database.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import { Thread } from '../src/stores/sqlite/thread.ts';
import { EVER } from '../src/trips/span.ts';
import { loose, T0, TRIP_A, tripEvent } from './events.ts';

let folder: string;
let data: string;
let backup: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  data = join(folder, 'data');
  backup = join(folder, 'backups', 'fleet.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function withStore<T>(at: string, work: (store: { events: EventStore; registry: Registry }) => Promise<T>) {
  const store = await openSqliteStore({ folder: at, idleMs: 100_000 });
  try {
    return await work(store);
  } finally {
    await store.events.close();
  }
}

/** What is in a folder: the seqs of the one trip, and how many sightings there are. */
function contentOf(at: string) {
  return withStore(at, async ({ events, registry }) => {
    const { trips } = await events.trips({ vehicles: undefined, span: EVER, limit: 9, after: undefined });
    const seqs = await events.seqs('golf', TRIP_A);
    return { seqs, counts: trips.map(({ event_count }) => event_count), sightings: await registry.count('sighting') };
  });
}

/** A store with so many events of a trip, some settled, some not. */
async function fill(count: number): Promise<void> {
  await withStore(data, async ({ events }) => {
    const all = Array.from({ length: count }, (_, index) => tripEvent(TRIP_A, index + 1, index));
    await events.write(all.slice(0, count / 2));
    await events.trips({ vehicles: undefined, span: EVER, limit: 1, after: undefined });
    await events.write(all.slice(count / 2));
    await events.write([loose(9_000)]);
  });
}

describe('a backup', () => {
  test('made while events and documents come in is what was there at one moment', async () => {
    await withStore(data, async ({ events, registry }) => {
      let acknowledged = 0;
      let stopped = false;
      const write = async () => {
        while (!stopped) {
          const batch = Array.from({ length: 20 }, (_, index) => acknowledged + index + 1);
          await events.write(batch.map((seq) => tripEvent(TRIP_A, seq, seq / 10)));
          await registry.create({ kind: 'sighting', id: `${acknowledged}`, owner: '', at: 0, body: { at: 0 } });
          acknowledged += batch.length;
        }
      };
      const writing = write();
      const thread = new Thread<BackupMethods>(
        new URL('../src/stores/sqlite/backup-thread.ts', import.meta.url),
        null,
        () => {},
      );
      for (let no = 1; no <= 3; no++) {
        const before = acknowledged;
        const content = await thread.call('backup', data, join(folder, 'backups', `${no}.db`));
        const after = acknowledged + 20;

        expect(content.events).toBeGreaterThanOrEqual(before);
        expect(content.events).toBeLessThanOrEqual(after);
        expect(content.documents).toBeGreaterThanOrEqual(Math.floor(before / 20));
      }
      stopped = true;
      await writing;
      await thread.end();
    });

    const files = readdirSync(join(folder, 'backups')).sort();
    expect(files).toEqual(['1.db', '2.db', '3.db']);
    for (const name of files) {
      const file = join(folder, 'backups', name);
      const restored = join(folder, `restored-${name}`);
      const { content } = restoreBackup(file, restored, T0);
      const { seqs, counts, sightings } = await contentOf(restored);
      expect(seqs).toEqual([[1, content.events]]);
      expect(counts).toEqual([content.events]);
      expect([0, 1]).toContain(Math.ceil(content.events / 20) - sightings);
    }
  });

  test('counts what it holds, worked out or not', async () => {
    await fill(2_000);

    expect(makeBackup(data, backup)).toMatchObject({ events: 2_001, vehicles: 1, documents: 0 });
    expect(verifyBackup(backup)).toEqual(makeBackup(data, join(folder, 'again.db')));
  });

  test('is its owner’s alone, in whatever folder', async () => {
    await fill(10);
    mkdirSync(join(folder, 'backups'), { mode: 0o755 });
    makeBackup(data, backup);

    expect(statSync(backup).mode & 0o777).toBe(0o600);
  });

  test('of nothing is refused, and takes the place of nothing', async () => {
    await fill(10);
    makeBackup(data, backup);

    expect(() => makeBackup(join(folder, 'elsewhere'), backup)).toThrow('nothing to back up');
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeBackup(data, join(folder, 'file', 'fleet.db'))).toThrow(/ENOTDIR|EEXIST/);

    expect(verifyBackup(backup).events).toBe(11);
    expect(readdirSync(join(folder, 'backups'))).toEqual(['fleet.db']);
  });
});

describe('verifying', () => {
  let pristine: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    data = join(folder, 'data');
    await fill(4_000);
    await contentOf(data);
    pristine = folder;
    makeBackup(data, join(pristine, 'backup.db'));
  });
  afterAll(() => rmSync(pristine, { recursive: true }));
  beforeEach(() => {
    data = join(pristine, 'data');
    backup = join(folder, 'copy.db');
    copyFileSync(join(pristine, 'backup.db'), backup);
  });

  test.each<[string, RegExp, () => void | Promise<void>]>([
    ['a file that is not there', /is not there/, () => rmSync(backup)],
    ['a file of another kind', /is no backup/, () => writeFileSync(backup, 'a letter to the editor. '.repeat(900))],
    ['an empty file', /is no backup/, () => truncateSync(backup, 0)],
    ['the half of a file', /is (no backup|damaged)/, () => truncateSync(backup, 90_112)],
    ['a file with a page of zeros', /is (no backup|damaged)/, () => overwrite(20 * 4_096, Buffer.alloc(4_096))],
    ['a file with a page of another place', /is (no backup|damaged)/, () => copyPage(30, 25)],
    [
      'a file that lacks events',
      /damaged: it holds \d+ events of \d+/,
      () => change('DELETE FROM events WHERE seq < 50'),
    ],
    [
      'a file of a newer version',
      /no backup that this version can read \(schema 99/,
      () => change('PRAGMA user_version = 99'),
    ],
    [
      'a file that was never a store',
      /no backup that this version can read \(schema 0/,
      () => change('PRAGMA user_version = 0'),
    ],
  ])('notices %s', async (_what, why, spoil) => {
    const before = verifyBackup(join(data, DATABASE_FILE));

    await spoil();

    expect(() => verifyBackup(backup)).toThrow(why);
    expect(() => restoreBackup(backup, data, T0)).toThrow(why);
    expect(verifyBackup(join(data, DATABASE_FILE))).toEqual(before);
    expect(readdirSync(data).filter((name) => /restore|part/.test(name))).toEqual([]);
  });

  async function overwrite(at: number, bytes: Buffer): Promise<void> {
    const file = await open(backup, 'r+');
    await file.write(bytes, 0, bytes.length, at);
    await file.close();
  }

  async function copyPage(from: number, to: number): Promise<void> {
    const file = await open(backup, 'r+');
    const { buffer } = await file.read(Buffer.alloc(4_096), 0, 4_096, from * 4_096);
    await file.write(buffer, 0, 4_096, to * 4_096);
    await file.close();
  }

  function change(sql: string): void {
    const db = openForWriting(backup);
    db.exec(sql);
    db.pragma('journal_mode = DELETE');
    db.close();
  }
});

describe('restoring', () => {
  test('brings back what was there, sets aside what is there now, and both can be opened', async () => {
    await fill(100);
    makeBackup(data, backup);
    await withStore(data, async ({ events }) => {
      await events.write([tripEvent(TRIP_A, 101, 101)]);
    });

    const { content, aside } = restoreBackup(backup, data, T0);

    expect(content.events).toBe(101);
    expect((await contentOf(data)).seqs).toEqual([[1, 100]]);
    const old = join(folder, 'old');
    restoreBackup(aside ?? '', old, T0);
    expect((await contentOf(old)).seqs).toEqual([[1, 101]]);
  });

  test('is not undone by a log that a lost file left behind', async () => {
    await fill(100);
    makeBackup(data, backup);
    await withStore(data, async ({ events }) => {
      await events.write(Array.from({ length: 500 }, (_, index) => tripEvent(TRIP_A, 101 + index, 101 + index)));
      for (const ending of ['-wal', '-shm']) copyFileSync(join(data, DATABASE_FILE + ending), join(folder, ending));
    });
    rmSync(join(data, DATABASE_FILE));
    for (const ending of ['-wal', '-shm']) copyFileSync(join(folder, ending), join(data, DATABASE_FILE + ending));

    restoreBackup(backup, data, T0);

    expect((await contentOf(data)).seqs).toEqual([[1, 100]]);
    expect(verifyBackup(join(data, DATABASE_FILE)).events).toBe(101);
  });

  test('is refused while a server works there', async () => {
    await fill(10);
    makeBackup(data, backup);

    await withStore(data, async ({ events }) => {
      expect(() => restoreBackup(backup, data, T0)).toThrow('another fleet server works in');
      await events.write([tripEvent(TRIP_A, 11, 11)]);
    });

    expect((await contentOf(data)).seqs).toEqual([[1, 11]]);
  });

  test('makes a folder where there is none', async () => {
    await fill(10);
    makeBackup(data, backup);
    const fresh = join(folder, 'deep', 'down');

    expect(restoreBackup(backup, fresh, T0).aside).toBeNull();

    expect((await contentOf(fresh)).seqs).toEqual([[1, 10]]);
    expect(existsSync(join(fresh, `${DATABASE_FILE}.part`))).toBe(false);
  });
});
