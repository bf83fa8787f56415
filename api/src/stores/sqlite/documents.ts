/** The registry's documents in their table. */
import { type DocumentKind, type DocumentQuery, type RegistryDocument, WATCHED_KINDS } from '../../registry.ts';
import type { Database } from './open-database.ts';

/** A document whose body is JSON. */
export interface DocumentRow {
  readonly id: string;
  readonly owner: string;
  readonly at: number;
  readonly body: string;
}

/** Kinds whose changes other threads and processes must notice: those of `WATCHED_KINDS`, and what trips depend on. */
const VERSIONED: ReadonlySet<DocumentKind> = new Set([...WATCHED_KINDS, 'correction']);

export class Documents {
  readonly #sql;

  constructor(db: Database) {
    this.#sql = {
      get: db.prepare('SELECT id, owner, at, body FROM documents WHERE kind = ? AND id = ?'),
      list: db.prepare(
        `SELECT id, owner, at, body FROM documents WHERE kind = @kind AND (at, id) < (@at, @id)
         ORDER BY at DESC, id DESC LIMIT @limit`,
      ),
      listOfOwner: db.prepare(
        `SELECT id, owner, at, body FROM documents WHERE kind = @kind AND owner = @owner AND (at, id) < (@at, @id)
         ORDER BY at DESC, id DESC LIMIT @limit`,
      ),
      count: db.prepare('SELECT count(*) FROM documents WHERE kind = ?').pluck(),
      countOfOwner: db.prepare('SELECT count(*) FROM documents WHERE kind = ? AND owner = ?').pluck(),
      create: db.prepare(
        'INSERT INTO documents (kind, id, owner, at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      ),
      put: db.prepare('INSERT OR REPLACE INTO documents (kind, id, owner, at, body) VALUES (?, ?, ?, ?, ?)'),
      delete: db.prepare('DELETE FROM documents WHERE kind = ? AND id = ?'),
      version: db.prepare("SELECT value FROM meta WHERE key = 'registry_version'").pluck(),
      changed: db.prepare("UPDATE meta SET value = value + 1 WHERE key = 'registry_version'"),
    };
  }

  get<K extends DocumentKind>(kind: K, id: string): RegistryDocument<K> | undefined {
    const row = this.#sql.get.get(kind, id) as DocumentRow | undefined;
    return row && toDocument(kind, row);
  }

  list<K extends DocumentKind>(kind: K, query?: DocumentQuery): RegistryDocument<K>[] {
    return this.rows(kind, query).map((row) => toDocument(kind, row));
  }

  /** The same as they are kept: for another thread, which makes documents of them one by one. */
  rows(kind: DocumentKind, { owner, before, limit = -1 }: DocumentQuery = {}): DocumentRow[] {
    const { at, id } = before ?? { at: Number.MAX_SAFE_INTEGER, id: '' };
    return (
      owner === undefined
        ? this.#sql.list.all({ kind, at, id, limit })
        : this.#sql.listOfOwner.all({ kind, owner, at, id, limit })
    ) as DocumentRow[];
  }

  count(kind: DocumentKind, owner?: string): number {
    return (owner === undefined ? this.#sql.count.get(kind) : this.#sql.countOfOwner.get(kind, owner)) as number;
  }

  create({ kind, id, owner, at, body }: RegistryDocument): boolean {
    const created = this.#sql.create.run(kind, id, owner, at, JSON.stringify(body)).changes === 1;
    if (created) this.#noteChange(kind);
    return created;
  }

  put({ kind, id, owner, at, body }: RegistryDocument): void {
    this.#sql.put.run(kind, id, owner, at, JSON.stringify(body));
    this.#noteChange(kind);
  }

  delete(kind: DocumentKind, id: string): boolean {
    const deleted = this.#sql.delete.run(kind, id).changes === 1;
    if (deleted) this.#noteChange(kind);
    return deleted;
  }

  version(): number {
    return this.#sql.version.get() as number;
  }

  #noteChange(kind: DocumentKind): void {
    if (VERSIONED.has(kind)) this.#sql.changed.run();
  }
}

/** The document in a row. */
export function toDocument<K extends DocumentKind>(kind: K, { id, owner, at, body }: DocumentRow): RegistryDocument<K> {
  return { kind, id, owner, at, body: JSON.parse(body) as RegistryDocument<K>['body'] };
}
