/**
 * One server for a folder of data. The lock is one of SQLite's own on a file beside: the system takes it off whatever
 * way the process ends, so there is nothing to clean up after a crash.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StartError } from '../../ports.ts';
import { isSqliteError } from './open-database.ts';
import { makePrivateFolder } from './private-folder.ts';

/** The lock's file within its folder. */
const LOCK_FILE = 'server.lock';

/** Takes the lock; the answer gives it back. Throws `StartError` where another process has it. */
export function lockFolder(folder: string): () => void {
  try {
    makePrivateFolder(folder);
    const lock = new Database(join(folder, LOCK_FILE), { timeout: 0 });
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    return () => lock.close();
  } catch (error) {
    if (isSqliteError(error) && error.code.startsWith('SQLITE_BUSY')) {
      throw new StartError(`another fleet server works in ${folder}: stop it, or set another DATA_DIR`);
    }
    const { message } = error as Error;
    throw new StartError(`${folder} can not be written to: ${message}`, { cause: error });
  }
}

/** Throws `StartError` where a server works in the folder. Leaves nothing behind. */
export function refuseLocked(folder: string): void {
  if (existsSync(join(folder, LOCK_FILE))) lockFolder(folder)();
}

/** Whether a server works in the folder. Leaves nothing behind. */
export function isLocked(folder: string): boolean {
  try {
    refuseLocked(folder);
    return false;
  } catch {
    return true;
  }
}
