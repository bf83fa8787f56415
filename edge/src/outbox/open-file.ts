/** Opens the outbox's file; what is damaged is set aside, and what can be read of it is taken over. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { Log } from '../ports.ts';
import { salvage } from './salvage.ts';
import { SIGNAL_COLUMNS, TABLES } from './schema.ts';

export type { Database } from 'better-sqlite3';

/** Kilobytes of pages kept in memory. */
const CACHE_KB = 2_048;
/** The write-ahead log is cut back to this after a checkpoint. */
const LOG_LIMIT_BYTES = 4 * 2 ** 20;
/** How long a commit waits for another process, which only ever reads. */
const BUSY_MS = 2_000;

/** Why the outbox can't be opened, in one line with the mend. */
export class OutboxError extends Error {}

/** Opens the file for writing; makes it, or brings its columns up to date. Throws `OutboxError`. */
export function openFile(file: string, log: Log): Database.Database {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openWhole(file);
  } catch (error) {
    if (!isDamage(error)) throw new OutboxError(`${file} can not be opened: ${(error as Error).message}`);
    return replaceDamaged(file, log);
  }
}

/** Whether an error says that the file itself is damaged. */
export function isDamage(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

function openWhole(file: string): Database.Database {
  const db = new Database(file, { timeout: BUSY_MS });
  try {
    // A file that was never written to is no outbox yet, and not damaged.
    const check = db.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw Object.assign(new Error(`${check}`), { code: 'SQLITE_CORRUPT' });
    return prepare(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database.Database): Database.Database {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma(`cache_size = -${CACHE_KB}`);
  db.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
  db.exec(TABLES);
  const there = new Set((db.pragma('table_info(events)') as { name: string }[]).map(({ name }) => name));
  for (const name of SIGNAL_COLUMNS) if (!there.has(name)) db.exec(`ALTER TABLE events ADD COLUMN ${name} REAL`);
  return db;
}

function replaceDamaged(file: string, log: Log): Database.Database {
  const aside = freeName(`${file}.damaged`);
  for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, aside + end);
  const db = openWhole(file);
  const count = salvage(aside, db);
  log.warn(`the outbox was damaged: ${count} events could be read from it; the file is kept as ${aside}`);
  return db;
}

function freeName(name: string): string {
  let free = name;
  for (let next = 2; existsSync(free); next++) free = `${name}-${next}`;
  return free;
}
