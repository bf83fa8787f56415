/**
 * Copies of the file that can be relied on: made while the server works, read back and counted before they get their
 * name, so that a backup is never half of one.
 */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../ports.ts';
import { copyDatabase, moveIntoPlace } from './durable-copy.ts';
import { lockFolder, refuseLocked } from './folder-lock.ts';
import { isSqliteError, openForReading } from './open-database.ts';
import { makePrivateFolder } from './private-folder.ts';
import { MIGRATIONS } from './schema.ts';
import { DATABASE_FILE } from './sqlite-store.ts';

/** What is in a file, as it was counted. */
export interface FileContent {
  readonly schema: number;
  readonly events: number;
  /** Trips that were worked out. */
  readonly trips: number;
  /** Whether there are events that no trip shows yet: whoever opens the file works them out. */
  readonly unsettled: boolean;
  readonly vehicles: number;
  readonly documents: number;
}

/** Writes a backup of a data folder to a file, and verifies it. Throws `StartError` in words for whoever asked. */
export function makeBackup(folder: string, file: string): FileContent {
  const source = join(folder, DATABASE_FILE);
  if (!existsSync(source)) throw new StartError(`${source} is not there: nothing to back up`);
  makePrivateFolder(dirname(file));
  const content = copyWhole(source, `${file}.part`);
  moveIntoPlace(`${file}.part`, file);
  return content;
}

/** Reads a backup as a whole: the file's own checks, and that every event is there. Throws `StartError`. */
export function verifyBackup(file: string): FileContent {
  const about = statSync(file, { throwIfNoEntry: false });
  if (about === undefined) throw new StartError(`${file} is not there`);
  if (about.isDirectory()) throw new StartError(`${file} is a folder: name one of the backups in it`);
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const count = (sql: string) => (db.prepare(sql).pluck().get() as number | null) ?? 0;
    const schema = db.pragma('user_version', { simple: true }) as number;
    if (schema < 1 || schema > MIGRATIONS.length) {
      throw new StartError(
        `${file} is no backup that this version can read (schema ${schema}, known are 1 to ${MIGRATIONS.length})`,
      );
    }
    const check = db.pragma('integrity_check(1)', { simple: true }) as string;
    if (check !== 'ok') throw new StartError(`${file} is damaged: ${check.replaceAll('\n', ' ')}`);
    // Containers that are dirty are counted anew by whoever opens the file.
    const counted = count('SELECT count(*) FROM events WHERE container NOT IN (SELECT container FROM dirty)');
    const expected = count('SELECT sum(event_count) FROM containers WHERE id NOT IN (SELECT container FROM dirty)');
    if (counted !== expected) throw new StartError(`${file} is damaged: it holds ${counted} events of ${expected}`);
    const events = count('SELECT (SELECT count(*) FROM events) + (SELECT coalesce(sum(kept), 0) FROM inbox)');
    return {
      schema,
      events,
      trips: count('SELECT count(*) FROM trips'),
      unsettled: count('SELECT (SELECT count(*) FROM dirty) + (SELECT count(*) FROM inbox)') > 0,
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

/** The file itself, and those that SQLite keeps beside it. */
const ENDINGS = ['', '-wal', '-shm'];

/** What restoring a backup comes to. */
export interface Restoration {
  readonly content: FileContent;
  /** Where the file that was there is set aside; null where there was none. */
  readonly aside: string | null;
}

/** What `restoreBackup` would do. Changes nothing. Throws `StartError` where it would. */
export function planRestore(file: string, folder: string, now: number): Restoration {
  const content = verifyBackup(file);
  refuseLocked(folder);
  return { content, aside: asidePath(folder, now) };
}

/**
 * Puts a backup in the place of what is in a data folder; what was there is set aside. No server may work there. The
 * backup is read through SQLite, so that a file with a log beside it, as one set aside may have, is restored whole.
 */
export function restoreBackup(file: string, folder: string, now: number): Restoration {
  verifyBackup(file);
  const unlock = lockFolder(folder);
  try {
    const target = join(folder, DATABASE_FILE);
    const content = copyWhole(file, `${target}.part`);
    const aside = asidePath(folder, now);
    for (const ending of ENDINGS) {
      if (existsSync(target + ending)) renameSync(target + ending, aside + ending);
    }
    moveIntoPlace(`${target}.part`, target);
    return { content, aside };
  } finally {
    unlock();
  }
}

function asidePath(folder: string, now: number): string | null {
  const target = join(folder, DATABASE_FILE);
  const isThere = ENDINGS.some((ending) => existsSync(target + ending));
  return isThere ? `${target}.before-restore-${stamp(now)}` : null;
}

/** Copies a file as it is at one moment, and verifies the copy; takes it away where that fails. */
function copyWhole(source: string, copy: string): FileContent {
  rmSync(copy, { force: true });
  try {
    const db = openForReading(source);
    try {
      copyDatabase(db, copy);
    } finally {
      db.close();
    }
    return verifyBackup(copy);
  } catch (error) {
    rmSync(copy, { force: true });
    throw isSqliteError(error)
      ? new StartError(`${copy} can not be written: ${error.message}`, { cause: error })
      : error;
  }
}

const BACKUP_NAME = /^fleet-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/;

/** The name of a backup that is made now; names sort by time. */
export function backupName(now: number): string {
  return `fleet-${stamp(now)}.db`;
}

/** The backups in a folder, the oldest first. */
export async function listBackups(folder: string): Promise<string[]> {
  const names = (await namesIn(folder)).filter((name) => BACKUP_NAME.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** How long a half-made backup is left alone: another process may be at work on it. */
const LEFTOVER_MS = 86_400_000;

/** Takes away what a killed process left half done. */
export async function removeLeftovers(folder: string, now: number): Promise<void> {
  const parts = (await namesIn(folder)).filter((name) => name.endsWith('.part') && BACKUP_NAME.test(name.slice(0, -5)));
  for (const part of parts.map((name) => join(folder, name))) {
    if (now - (await stat(part)).mtimeMs > LEFTOVER_MS) await rm(part, { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** When a backup was made, by its name, milliseconds since 1970. */
export function backupTime(path: string): number {
  const [, day, hour, minute, second] = /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/.exec(path) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}

function stamp(now: number): string {
  return new Date(now).toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
}
