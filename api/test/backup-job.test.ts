/** Backups by themselves: when one is made, which ones are kept, and what is said when it does not work. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { formatTimestamp } from '@fleet/contract';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BackupJob } from '../src/jobs/backups.ts';
import { backupName, backupTime, listBackups, removeLeftovers, verifyBackup } from '../src/stores/sqlite/backup.ts';
import { startTestServer, until } from './server.ts';

const DAY = 86_400_000;
const T0 = Date.UTC(2025, 0, 1);

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fleet-'));
  folder = join(root, 'backups');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the backup job', () => {
  let make: (path: string) => Promise<void>;
  let faults: unknown[];
  beforeEach(() => {
    make = async (path) => writeFileSync(path, 'a backup');
    faults = [];
  });

  /** Looks once, as a server does that was just started. */
  async function look(now: number, keep = 3) {
    const tools = {
      make: (path: string) => make(path),
      nameAt: backupName,
      list: listBackups,
      timeOf: backupTime,
      removeLeftovers,
    };
    const job = new BackupJob(
      { folder, everyMs: DAY, keep },
      tools,
      () => now,
      (fault) => faults.push(fault),
    );
    await job.start().stop();
    return job.state();
  }

  async function days(): Promise<number[]> {
    return (await listBackups(folder)).map((path) => (backupTime(path) - T0) / DAY);
  }

  test('makes one at once, and the next when it is due, whatever starts there are between', async () => {
    for (const hours of [0, 1, 23, 24, 25, 49]) await look(T0 + hours * 3_600_000);

    expect(await days()).toEqual([0, 1, 49 / 24]);
  });

  test('keeps as many as it should, the newest', async () => {
    for (const day of [0, 1, 2, 3, 4, 5]) await look(T0 + day * DAY);

    expect(await days()).toEqual([3, 4, 5]);
    expect(await look(T0 + 6 * DAY, 1)).toEqual({ verified_at: T0 + 6 * DAY, fault: null });
    expect(await days()).toEqual([6]);
  });

  test('takes no old one away when the new one fails, and says why until one succeeds', async () => {
    for (const day of [0, 1, 2]) await look(T0 + day * DAY);
    const works = make;
    make = async () => {
      throw new Error('the disk is full');
    };

    expect(await look(T0 + 3 * DAY, 1)).toEqual({ verified_at: T0 + 2 * DAY, fault: 'the disk is full' });
    expect(faults).toHaveLength(1);
    expect(await days()).toEqual([0, 1, 2]);

    make = works;
    expect(await look(T0 + 4 * DAY, 1)).toEqual({ verified_at: T0 + 4 * DAY, fault: null });
    expect(await days()).toEqual([4]);
  });

  test('goes on when the clock was ahead for a while: those from the future count as the oldest', async () => {
    for (const day of [0, 300, 301, 1, 2]) await look(T0 + day * DAY);

    expect(await days()).toEqual([0, 1, 2]);
  });

  test('takes away what a killed server left half done, but not what another is at work on', async () => {
    const [old, fresh] = [backupName(T0 - 2 * DAY), backupName(T0)].map((name) => join(folder, `${name}.part`)) as [
      string,
      string,
    ];
    writeFileSync(old, 'half');
    writeFileSync(fresh, 'half');
    utimesSync(old, T0 / 1_000 - 2 * 86_400, T0 / 1_000 - 2 * 86_400);
    utimesSync(fresh, T0 / 1_000, T0 / 1_000);

    await look(T0 + 3_600_000);

    expect(readdirSync(folder)).toEqual([basename(fresh), backupName(T0 + 3_600_000)]);
  });

  test('leaves other files alone', async () => {
    for (const name of ['fleet.db', 'fleet-2024.db', 'before-update.db', `${backupName(T0)}.gz`])
      writeFileSync(join(folder, name), '');

    await look(T0 + DAY, 1);
    await look(T0 + 2 * DAY, 1);

    expect(readdirSync(folder).length).toBe(5);
  });
});

describe('a server with BACKUP_DIR', () => {
  test('makes a verified backup and tells of it', async () => {
    const server = await startTestServer({ BACKUP_DIR: folder });
    const backup = async () => (await server.request('/v1/system')).body.backup;

    const state = await until(backup, ({ verified_at }) => verified_at !== null);

    const [path = ''] = await listBackups(folder);
    expect(state).toEqual({ verified_at: formatTimestamp(backupTime(path)), fault: null });
    expect(verifyBackup(path).events).toBe(0);
    await server.stop();
  });

  test.each<[string, () => string]>([
    ['is a file', () => `${writeFile('file')}`],
    ['is within a file', () => join(writeFile('file'), 'backups')],
  ])('that %s says so, and lives', async (_what, path) => {
    const server = await startTestServer({ BACKUP_DIR: path() });
    const backup = async () => (await server.request('/v1/system')).body.backup;

    const state = await until(backup, ({ fault }) => fault !== null);

    expect(state).toEqual({ verified_at: null, fault: expect.stringContaining('ENOTDIR') });
    expect(server.logged()).toContain('backup failed');
    expect((await server.ingest({ vehicle_id: 'golf', ts: new Date().toISOString(), rpm: 900 })).status).toBe(200);
    expect((await server.request('/readyz')).status).toBe(200);
    await server.stop();
  });

  function writeFile(name: string): string {
    const path = join(root, name);
    writeFileSync(path, basename(path));
    return path;
  }
});
