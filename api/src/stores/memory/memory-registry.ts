/** Documents in memory: the port's meaning in its shortest form, and the store of tests. */
import {
  type DocumentKind,
  type DocumentQuery,
  type Registry,
  type RegistryDocument,
  WATCHED_KINDS,
} from '../../registry.ts';
import { pagesOfAll } from '../../registry-pages.ts';

export function createMemoryRegistry(): Registry {
  const kinds = new Map<DocumentKind, Map<string, RegistryDocument>>();
  let version = 0;
  const of = (kind: DocumentKind) => {
    const documents = kinds.get(kind) ?? new Map<string, RegistryDocument>();
    kinds.set(kind, documents);
    return documents;
  };
  const noteChange = (kind: DocumentKind) => {
    if (WATCHED_KINDS.includes(kind)) version++;
  };
  const put = (document: RegistryDocument) => {
    of(document.kind).set(document.id, structuredClone(document));
    noteChange(document.kind);
  };

  return {
    async get(kind, id) {
      return structuredClone(of(kind).get(id)) as RegistryDocument<typeof kind> | undefined;
    },
    async list(kind, query = {}) {
      return structuredClone(select([...of(kind).values()], query)) as RegistryDocument<typeof kind>[];
    },
    pages(kind, query, size) {
      return pagesOfAll(this, kind, query, size);
    },
    async count(kind, owner) {
      return select([...of(kind).values()], owner === undefined ? {} : { owner }).length;
    },
    async create(document) {
      if (of(document.kind).has(document.id)) return false;
      put(document);
      return true;
    },
    async put(document) {
      put(document);
    },
    async delete(kind, id) {
      const deleted = of(kind).delete(id);
      if (deleted) noteChange(kind);
      return deleted;
    },
    async version() {
      return version;
    },
  };
}

function select(documents: readonly RegistryDocument[], { owner, before, limit }: DocumentQuery): RegistryDocument[] {
  return documents
    .filter((document) => owner === undefined || document.owner === owner)
    .filter((document) => before === undefined || newestFirst(before, document) < 0)
    .toSorted(newestFirst)
    .slice(0, limit);
}

function newestFirst(a: { at: number; id: string }, b: { at: number; id: string }): number {
  return b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
