/** Documents of a kind page by page: all of them at once may be more than is handed over in a moment. */
import type { DocumentKind, DocumentQuery, Registry, RegistryDocument } from './registry.ts';

type Pages<K extends DocumentKind> = AsyncGenerator<readonly RegistryDocument<K>[]>;

/** As `Registry.pages`, for a store that finds the documents behind a place without reading those before. */
export async function* pagesByCursor<K extends DocumentKind>(
  registry: Pick<Registry, 'list'>,
  kind: K,
  { limit = Number.POSITIVE_INFINITY, ...query }: DocumentQuery,
  size: number,
): Pages<K> {
  let { before } = query;
  for (let left = limit; left > 0; ) {
    const wanted = Math.min(size, left);
    const page = await registry.list(kind, { ...query, limit: wanted, ...(before && { before }) });
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < wanted) return;
    before = { at: last.at, id: last.id };
    left -= page.length;
  }
}

/** As `Registry.pages`, for a store that reads all documents whichever are wanted. */
export async function* pagesOfAll<K extends DocumentKind>(
  registry: Pick<Registry, 'list'>,
  kind: K,
  query: DocumentQuery,
  size: number,
): Pages<K> {
  const documents = await registry.list(kind, query);
  for (let at = 0; at < documents.length; at += size) yield documents.slice(at, at + size);
}
