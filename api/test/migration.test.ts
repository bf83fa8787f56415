/** Files of older versions are brought up to date after a copy was made; those of newer ones are refused. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyBackup } from '../src/stores/sqlite/backup.ts';
import { type Database, openForReading, openForWriting } from '../src/stores/sqlite/open-database.ts';
import { MIGRATIONS } from '../src/stores/sqlite/schema.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import { EVER } from '../src/trips/span.ts';
import { loose, TRIP_A, tripEvent } from './events.ts';
import { startTestServer } from './server.ts';

const TODAY = MIGRATIONS.length;
/** Tomorrow's: a table more, with a row for each time that the step is applied. */
const NEXT = [...MIGRATIONS, 'CREATE TABLE IF NOT EXISTS steps (at TEXT); INSERT INTO steps VALUES (1)'];
/** The day after tomorrow's: its last step breaks off in the middle. */
const BROKEN = [...NEXT, "DELETE FROM events; INSERT INTO nowhere VALUES (1); UPDATE vehicles SET vehicle = ''"];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  file = join(folder, DATABASE_FILE);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes some events as this version does. */
async function fill(): Promise<void> {
  const { events } = await openSqliteStore({ folder, idleMs: 100_000 });
  await events.write([loose(0), loose(60), tripEvent(TRIP_A, 1, 1_000)]);
  await events.close();
}

async function expectFilled(): Promise<void> {
  const { events } = await openSqliteStore({ folder, idleMs: 100_000 });
  const { trips } = await events.trips({ vehicles: undefined, span: EVER, limit: 9, after: undefined });
  expect(trips.map(({ event_count }) => event_count)).toEqual([1, 2]);
  const minutes = await events.history('golf', 'speed_kph', EVER, 60_000);
  expect(minutes.map(({ count }) => count)).toEqual([1, 1, 1]);
  await events.close();
}

function look<T>(at: string, ask: (db: Database) => T): T {
  const db = openForReading(at);
  try {
    return ask(db);
  } finally {
    db.close();
  }
}

function versionOf(at: string): number {
  return look(at, (db) => db.pragma('user_version', { simple: true }) as number);
}

describe('a file of a newer version', () => {
  beforeEach(async () => {
    await fill();
    openForWriting(file, NEXT).close();
  });

  test('is refused in one line that names both versions, and stays as it is', async () => {
    const before = readFileSync(file);

    const why = await openSqliteStore({ folder, idleMs: 100_000 }).catch((error: Error) => error);

    expect(why).toMatchObject({ name: 'StartError', message: expect.not.stringContaining('\n') });
    expect((why as Error).message).toContain(`(schema ${TODAY + 1}, this one knows ${TODAY})`);
    expect(readFileSync(file)).toEqual(before);
  });

  test('does not let a server start, and leaves the folder to the next one', async () => {
    const start = () => startTestServer({ DATA_DIR: folder });

    await expect(start()).rejects.toThrow('was written by a newer version');
    await expect(start()).rejects.toThrow('was written by a newer version');

    openForWriting(file, NEXT).close();
  });
});

describe('a file of an older version', () => {
  beforeEach(fill);

  test('is brought up to date with all that is in it, once', async () => {
    openForWriting(file, NEXT).close();
    openForWriting(file, NEXT).close();

    expect(versionOf(file)).toBe(TODAY + 1);
    expect(look(file, (db) => db.prepare('SELECT count(*) FROM steps').pluck().get())).toBe(1);
    expect(look(file, (db) => db.prepare('SELECT count(*) FROM events').pluck().get())).toBe(3);
  });

  test('is copied before: the copy is whole, and what it was', async () => {
    const before = verifyBackup(file);

    openForWriting(file, NEXT).close();

    const copy = `${file}.before-schema-${TODAY + 1}`;
    expect(verifyBackup(copy)).toEqual({ ...before, schema: TODAY });
    rmSync(file);
    writeFileSync(file, readFileSync(copy));
    await expectFilled();
  });

  test('stays as it is where a step fails, the steps before it included', async () => {
    const before = verifyBackup(file);

    expect(() => openForWriting(file, BROKEN)).toThrow(/fleet\.db: no such table: nowhere/);

    expect(verifyBackup(file)).toEqual(before);
    expect(verifyBackup(`${file}.before-schema-${TODAY + 2}`)).toEqual(before);
    expect(look(file, (db) => db.prepare("SELECT name FROM sqlite_master WHERE name = 'steps'").all())).toEqual([]);
    await expectFilled();
    openForWriting(file, NEXT).close();
    expect(versionOf(file)).toBe(TODAY + 1);
  });

  test('of today is not copied', async () => {
    await expectFilled();

    expect(readdirSync(folder).filter((name) => name.includes('before'))).toEqual([]);
  });
});

describe('a file of schema', () => {
  const versions = Array.from({ length: TODAY }, (_, index) => index + 1);

  test.each(versions)('%d has the same tables as a new one when it is brought up to date', (version) => {
    openForWriting(file, MIGRATIONS.slice(0, version)).close();
    openForWriting(file).close();
    const fresh = join(folder, 'fresh.db');
    openForWriting(fresh).close();
    const tables = (at: string) =>
      look(at, (db) => db.prepare('SELECT type, name, sql FROM sqlite_master ORDER BY type, name').all());

    expect(tables(file)).toEqual(tables(fresh));
    expect(versionOf(file)).toBe(TODAY);
  });

  // Whoever appends a step to MIGRATIONS adds a file that the version before wrote: `fill` above, then gzip.
  test('of every version before this one, as that version wrote it, is readable', async () => {
    for (const version of versions.slice(0, -1)) {
      const written = fileURLToPath(new URL(`files/fleet-schema-${version}.db.gz`, import.meta.url));
      writeFileSync(file, gunzipSync(readFileSync(written)));

      expect(verifyBackup(file)).toMatchObject({ schema: version, events: 3 });
      await expectFilled();
    }
  });
});
