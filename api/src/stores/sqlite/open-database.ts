/** Opens the file: settings, tables, and plain words where that can't be done. */
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StartError, StoreUnavailableError } from '../../ports.ts';
import { replaceByCopy } from './durable-copy.ts';
import { makePrivateFolder } from './private-folder.ts';
import { MIGRATIONS } from './schema.ts';

export type { Database } from 'better-sqlite3';

/** How long a commit waits for another process (the command line tool) to finish its own. */
const BUSY_MS = 5_000;
/** Kilobytes of pages that a connection keeps in memory, as many as SQLite itself takes: the system keeps others. */
const CACHE_KB = 2_048;
/**
 * The write-ahead log is copied into the file when it has grown to this. A page that changed a hundred times until then is
 * written to the file once: a longer log spares the disk.
 */
const LOG_BYTES = 16 * 2 ** 20;
/** Of a page, as SQLite itself has it. */
const PAGE_BYTES = 4_096;

/** Opens the file for writing, makes it or brings its tables up to date. */
export function openForWriting(file: string, migrations: readonly string[] = MIGRATIONS): Database.Database {
  let db: Database.Database | undefined;
  try {
    makePrivateFolder(dirname(file));
    db = new Database(file, { timeout: BUSY_MS });
    refuseNewer(db, file, migrations.length);
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`cache_size = -${CACHE_KB}`);
    db.pragma(`journal_size_limit = ${LOG_BYTES}`);
    db.pragma(`wal_autocheckpoint = ${LOG_BYTES / PAGE_BYTES}`);
    migrate(db, file, migrations);
    return db;
  } catch (error) {
    db?.close();
    throw startError(file, error);
  }
}

/** Opens a file that exists for reading. */
export function openForReading(file: string): Database.Database {
  try {
    const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    db.pragma(`cache_size = -${CACHE_KB}`);
    return db;
  } catch (error) {
    throw startError(file, error);
  }
}

/**
 * Whether an error is SQLite's own: the disk, the file or a lock, never the data. Known by its code: the class may be
 * loaded twice in a process.
 */
export function isSqliteError(error: unknown): error is Error & { readonly code: string } {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && code.startsWith('SQLITE_');
}

/** What callers of the store see of an error. */
export function asUnavailable(error: unknown): unknown {
  return isSqliteError(error) ? new StoreUnavailableError(`${error.message} (${error.code})`, { cause: error }) : error;
}

function refuseNewer(db: Database.Database, file: string, known: number): void {
  const version = versionOf(db);
  if (version <= known) return;
  throw new StartError(
    `${file} was written by a newer version (schema ${version}, this one knows ${known}): update, or restore a backup`,
  );
}

/** All steps that are missing, or none: what was there is copied before. */
function migrate(db: Database.Database, file: string, migrations: readonly string[]): void {
  const version = versionOf(db);
  if (version === migrations.length) return;
  if (version > 0) replaceByCopy(db, `${file}.before-schema-${migrations.length}`);
  db.transaction(() => {
    // Another process may have been faster.
    for (const step of migrations.slice(versionOf(db))) db.exec(step);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

function versionOf(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function startError(file: string, error: unknown): StartError {
  if (error instanceof StartError) return error;
  const { code = '', message } = error as { code?: string; message: string };
  const why: Readonly<Record<string, string>> = {
    EACCES: 'the folder may not be written to',
    EROFS: 'the folder is read-only',
    ENOTDIR: 'its folder is a file',
    EEXIST: 'its folder is a file',
    SQLITE_CANTOPEN: 'the file can not be opened: is the folder there, and may it be written to?',
    SQLITE_READONLY: 'the file or its folder is read-only',
    SQLITE_NOTADB: 'the file is no database: was it overwritten? Restore a backup',
    SQLITE_CORRUPT: 'the file is damaged: restore a backup',
    SQLITE_FULL: 'the disk is full: make room and start again',
    SQLITE_BUSY: 'another program holds the file',
  };
  const known = Object.keys(why).find((prefix) => code.startsWith(prefix));
  return new StartError(`${file}: ${known === undefined ? message : why[known]}`, { cause: error });
}
