/**
 * A document as a point of the meta bucket: measurement `document`; tags `kind`, `owner`, `id`; a fixed time, so that
 * each write takes the place of the one before. `rev` says which of two points of one id is the newer one, should its
 * owner have changed; a deleted document stays as a point that says so, since InfluxDB deletes slowly.
 */
import type { DocumentKind, RegistryDocument } from '../../registry.ts';
import type { Row } from './csv.ts';
import { jsonFields, jsonIn, key, quoted } from './line-protocol.ts';

/** The point of a document, as far as it tells what is newest. */
export interface Revision {
  readonly rev: number;
  readonly deleted: boolean;
  /** Tags of the point, as its line begins. */
  readonly tags: string;
}

/** Any text as a tag's value, which may be neither empty nor have line breaks. */
export function tagOf(text: string): string {
  return `.${encodeURIComponent(text)}`;
}

/** The line that keeps a document, or takes the place of one. Dashboards count dead letters by `reason`. */
export function documentLine({ kind, owner, id, at, body }: RegistryDocument, rev: number): string {
  const reason = 'slug' in body ? `reason=${quoted(body.slug)},` : '';
  return `document,${tagsOf(kind, owner, id)} rev=${rev}i,deleted=false,at=${at}i,${reason}${jsonFields('body', body)} 0`;
}

/** The line that deletes the document of a point. */
export function tombstoneLine({ tags }: Revision, rev: number): string {
  return `document,${tags} rev=${rev}i,deleted=true 0`;
}

/** What a row says of its point. */
export function revisionOf({ kind, owner, id, rev, deleted }: Row): Revision {
  return {
    rev: Number(rev),
    deleted: deleted === 'true',
    tags: `kind=${kind},owner=${key(owner ?? '')},id=${key(id ?? '')}`,
  };
}

/** The document of a row that is not deleted. */
export function toDocument(row: Row): RegistryDocument {
  return {
    kind: row['kind'] as DocumentKind,
    id: textOf(row['id'] ?? ''),
    owner: textOf(row['owner'] ?? ''),
    at: Number(row['at']),
    body: jsonIn(row, 'body') as RegistryDocument['body'],
  };
}

function tagsOf(kind: DocumentKind, owner: string, id: string): string {
  return `kind=${kind},owner=${key(tagOf(owner))},id=${key(tagOf(id))}`;
}

function textOf(tag: string): string {
  return decodeURIComponent(tag.slice(1));
}
