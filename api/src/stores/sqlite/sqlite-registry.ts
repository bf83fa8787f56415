/** The port of documents, on the two threads. */
import { createBreather } from '../../ingest/breathe.ts';
import type { DocumentKind, DocumentQuery, Registry, RegistryDocument } from '../../registry.ts';
import { pagesByCursor } from '../../registry-pages.ts';
import { toDocument } from './documents.ts';
import type { SqliteParts } from './sqlite-event-store.ts';

export class SqliteRegistry implements Registry {
  readonly #parts: Pick<SqliteParts, 'writer' | 'reader' | 'settler'>;

  constructor(parts: Pick<SqliteParts, 'writer' | 'reader' | 'settler'>) {
    this.#parts = parts;
  }

  async get<K extends DocumentKind>(kind: K, id: string): Promise<RegistryDocument<K> | undefined> {
    return (await this.#parts.reader.call('getDocument', kind, id)) as RegistryDocument<K> | undefined;
  }

  async list<K extends DocumentKind>(kind: K, query?: DocumentQuery): Promise<readonly RegistryDocument<K>[]> {
    const breathe = createBreather();
    const documents: RegistryDocument<K>[] = [];
    for (const row of await this.#parts.reader.call('listDocuments', kind, query)) {
      documents.push(toDocument(kind, row));
      await breathe();
    }
    return documents;
  }

  pages<K extends DocumentKind>(kind: K, query: DocumentQuery, size: number) {
    return pagesByCursor(this, kind, query, size);
  }

  async count(kind: DocumentKind, owner?: string): Promise<number> {
    return this.#parts.reader.call('countDocuments', kind, owner);
  }

  async create<K extends DocumentKind>(document: RegistryDocument<K>): Promise<boolean> {
    const created = await this.#parts.writer.call('createDocument', document);
    if (created) this.#follow(document.kind, document.id);
    return created;
  }

  async put<K extends DocumentKind>(document: RegistryDocument<K>): Promise<void> {
    await this.#parts.writer.call('putDocument', document);
    this.#follow(document.kind, document.id);
  }

  async delete(kind: DocumentKind, id: string): Promise<boolean> {
    const deleted = await this.#parts.writer.call('deleteDocument', kind, id);
    if (deleted) this.#follow(kind, id);
    return deleted;
  }

  async version(): Promise<number> {
    return this.#parts.reader.call('version');
  }

  /** Trips of any vehicle may be others now, also of one that had none. */
  #follow(kind: DocumentKind, id: string): void {
    if (kind === 'vehicle') this.#parts.settler.changed([id]);
    if (kind === 'vehicle' || kind === 'correction') this.#parts.settler.allChanged();
  }
}
