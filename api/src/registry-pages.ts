/** Documents of a kind page by page: all of them at once may be more than is handed over in a moment. */
import type { DocumentKind, DocumentQuery, Registry, RegistryDocument } from './registry.ts';

/** What a query is for, newest first, `size` documents at a time. */
export async function* pagesOf<K extends DocumentKind>(
  registry: Pick<Registry, 'list'>,
  kind: K,
  { limit = Number.POSITIVE_INFINITY, ...query }: DocumentQuery,
  size: number,
): AsyncGenerator<readonly RegistryDocument<K>[]> {
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
