/**
 * The registry for the command line: on the file itself, beside a server that works there, or without one. It changes
 * only documents that no trip depends on; what else a change would have to update is the server's to know.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../../ports.ts';
import type { DocumentKind, DocumentQuery, Registry, RegistryDocument } from '../../registry.ts';
import { pagesByCursor } from '../../registry-pages.ts';
import { Documents } from './documents.ts';
import { lockFolder } from './folder-lock.ts';
import { asUnavailable, type Database, openForReading, openForWriting } from './open-database.ts';
import { MIGRATIONS } from './schema.ts';
import { DATABASE_FILE } from './sqlite-store.ts';

/** The kinds that may be changed. */
const CHANGEABLE: ReadonlySet<DocumentKind> = new Set([
  'device',
  'person',
  'share',
  'secret',
  'revocation',
  'sighting',
]);

/** A registry that must be closed. */
export interface FileRegistry extends Registry {
  close(): void;
}

/**
 * Opens the registry in a data folder. Where there is no file yet, one is made if `missing` says so, and refused else.
 * Throws `StartError` in words for whoever gave the command.
 */
export function openFileRegistry(folder: string, missing: 'make' | 'refuse'): FileRegistry {
  const file = join(folder, DATABASE_FILE);
  if (missing === 'refuse' && !existsSync(file)) {
    throw new StartError(`${file} is not there: DATA_DIR must be the folder that the server works in`);
  }
  return new SqliteFileRegistry(open(file, folder));
}

/** Tables are made, or brought up to date, as the server would, and never under a server that works. */
function open(file: string, folder: string): Database {
  if (isUpToDate(file)) return openForWriting(file);
  const unlock = lockFolder(folder);
  try {
    return openForWriting(file);
  } finally {
    unlock();
  }
}

function isUpToDate(file: string): boolean {
  if (!existsSync(file)) return false;
  const db = openForReading(file);
  try {
    return (db.pragma('user_version', { simple: true }) as number) >= MIGRATIONS.length;
  } catch {
    // Opening it for writing says in words what is wrong with it.
    return true;
  } finally {
    db.close();
  }
}

class SqliteFileRegistry implements FileRegistry {
  readonly #db: Database;
  readonly #documents: Documents;

  constructor(db: Database) {
    this.#db = db;
    this.#documents = new Documents(db);
  }

  async get<K extends DocumentKind>(kind: K, id: string): Promise<RegistryDocument<K> | undefined> {
    return this.#documents.get(kind, id);
  }

  async list<K extends DocumentKind>(kind: K, query?: DocumentQuery): Promise<readonly RegistryDocument<K>[]> {
    return this.#documents.list(kind, query);
  }

  pages<K extends DocumentKind>(kind: K, query: DocumentQuery, size: number) {
    return pagesByCursor(this, kind, query, size);
  }

  async count(kind: DocumentKind, owner?: string): Promise<number> {
    return this.#documents.count(kind, owner);
  }

  async create<K extends DocumentKind>(document: RegistryDocument<K>): Promise<boolean> {
    return this.#change(document.kind, () => this.#documents.create(document));
  }

  async put<K extends DocumentKind>(document: RegistryDocument<K>): Promise<void> {
    this.#change(document.kind, () => this.#documents.put(document));
  }

  async delete(kind: DocumentKind, id: string): Promise<boolean> {
    return this.#change(kind, () => this.#documents.delete(kind, id));
  }

  async version(): Promise<number> {
    return this.#documents.version();
  }

  close(): void {
    this.#db.close();
  }

  /** The document and the registry's version change in one commit. */
  #change<T>(kind: DocumentKind, work: () => T): T {
    if (!CHANGEABLE.has(kind)) throw new Error(`documents of the kind ${kind} are changed by the server only`);
    try {
      return this.#db.transaction(work).immediate();
    } catch (error) {
      throw asUnavailable(error);
    }
  }
}
