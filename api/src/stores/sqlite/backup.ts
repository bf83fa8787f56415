/**
 * Copies of the file that can be relied on: made while the server works, read back and counted before they get their
 * name, so that a backup is never half of one.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../ports.ts';
import { lockFolder } from './folder-lock.ts';
import { openForReading } from './open-database.ts';
import { MIGRATIONS } from './schema.ts';
import { DATABASE_FILE } from './sqlite-store.ts';

/** What is in a file, as it was counted. */
export interface FileContent {
  readonly schema: number;
  readonly events: number;
  readonly vehicles: number;
  readonly documents: number;
}

/** Writes a backup of a data folder to a file, and verifies it. Throws `StartError` in words for whoever asked. */
export function makeBackup(folder: string, file: string): FileContent {
  const source = join(folder, DATABASE_FILE);
  if (!existsSync(source)) throw new StartError(`${source} is not there: nothing to back up`);
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.part`;
  rmSync(part, { force: true });
  try {
    const db = openForReading(source);
    try {
      db.prepare('VACUUM INTO ?').run(part);
    } finally {
      db.close();
    }
    const content = verifyBackup(part);
    sync(part);
    renameSync(part, file);
    sync(dirname(file));
    return content;
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Reads a backup as a whole: the file's own checks, and that every event is there. Throws `StartError`. */
export function verifyBackup(file: string): FileContent {
  if (!existsSync(file)) throw new StartError(`${file} is not there`);
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const count = (sql: string) => (db.prepare(sql).pluck().get() as number | null) ?? 0;
    const schema = db.pragma('user_version', { simple: true }) as number;
    if (schema < 1 || schema > MIGRATIONS.length) {
      throw new StartError(
        `${file} is no backup that this version can read (schema ${schema}, known are 1 to ${MIGRATIONS.length})`,
      );
    }
    const check = db.pragma('integrity_check(1)', { simple: true });
    if (check !== 'ok') throw new StartError(`${file} is damaged: ${check}`);
    // Containers that are dirty are counted anew by whoever opens the file.
    const counted = count('SELECT count(*) FROM events WHERE container NOT IN (SELECT container FROM dirty)');
    const expected = count('SELECT sum(event_count) FROM containers WHERE id NOT IN (SELECT container FROM dirty)');
    if (counted !== expected) throw new StartError(`${file} is damaged: it holds ${counted} events of ${expected}`);
    const events = count('SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM inbox)');
    return {
      schema,
      events,
      vehicles: count('SELECT count(*) FROM vehicles'),
      documents: count('SELECT count(*) FROM documents'),
    };
  } catch (error) {
    throw error instanceof StartError
      ? error
      : new StartError(`${file} is no backup: ${(error as Error).message}`, { cause: error });
  } finally {
    db.close();
  }
}

/** Puts a backup in the place of what is in a data folder; what was there is set aside. No server may work there. */
export function restoreBackup(
  file: string,
  folder: string,
  now: number,
): { content: FileContent; aside: string | null } {
  const content = verifyBackup(file);
  const unlock = lockFolder(folder);
  try {
    const target = join(folder, DATABASE_FILE);
    const aside = existsSync(target) ? `${target}.before-restore-${stamp(now)}` : null;
    for (const ending of ['', '-wal', '-shm']) {
      if (aside !== null && existsSync(target + ending)) renameSync(target + ending, aside + ending);
    }
    copyFileSync(file, `${target}.part`);
    sync(`${target}.part`);
    renameSync(`${target}.part`, target);
    sync(folder);
    return { content, aside };
  } finally {
    unlock();
  }
}

const BACKUP_NAME = /^fleet-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/;

/** The name of a backup that is made now; names sort by time. */
export function backupName(now: number): string {
  return `fleet-${stamp(now)}.db`;
}

/** The backups in a folder, the oldest first. */
export function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => BACKUP_NAME.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** When a backup was made, by its name, milliseconds since 1970. */
export function backupTime(path: string): number {
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/.exec(path) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}

function stamp(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
}

/** To the disk, and not only to the system's memory. */
function sync(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
