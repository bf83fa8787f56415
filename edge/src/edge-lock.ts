/** One edge for an outbox: a lock of SQLite's own, which the system takes off whatever way the process ends. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { OutboxError } from './outbox/open-file.ts';

/** Takes the lock; the answer gives it back. Throws `OutboxError` where another process has it, or nothing can be written. */
export function lockFolder(folder: string): () => void {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = new Database(join(folder, 'edge.lock'), { timeout: 0 });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return () => lock.close();
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    if (code.startsWith('SQLITE_BUSY')) throw new OutboxError(`another fleet-edge works in ${folder}`);
    throw new OutboxError(`${folder} can not be written to: ${message}`);
  }
}
