/**
 * A document as a point of the meta bucket: measurement `document`; tags `kind`, `owner`, `id`; a fixed time, so that
 * each write takes the place of the one before. `rev` says which of two points of one id is the newer one, should its
 * owner have changed; a deleted document stays as a point that says so, since InfluxDB deletes slowly.
 */
import type { DocumentKind, RegistryDocument } from '../../registry.ts';
import type { Row } from './csv.ts';
import { key, quoted } from './line-protocol.ts';

/** Most characters of one string field; InfluxDB takes a mebibyte. */
const FIELD_CHARACTERS = 500_000;

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

/** The line that keeps a document, or takes the place of one. */
export function documentLine({ kind, owner, id, at, body }: RegistryDocument, rev: number): string {
  const text = asciiOf(JSON.stringify(body));
  const pieces = Array.from({ length: Math.ceil(text.length / FIELD_CHARACTERS) }, (_, index) =>
    text.slice(index * FIELD_CHARACTERS, (index + 1) * FIELD_CHARACTERS),
  );
  const fields = pieces.map((piece, index) => `body${index}=${quoted(piece)}`);
  return `document,${tagsOf(kind, owner, id)} rev=${rev}i,deleted=false,at=${at}i,pieces=${pieces.length}i,${fields.join()} 0`;
}

/** The line that deletes the document of a point. */
export function tombstoneLine({ tags }: Revision, rev: number): string {
  return `document,${tags} rev=${rev}i,deleted=true,pieces=0i 0`;
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
  const pieces = Array.from({ length: Number(row['pieces']) }, (_, index) => row[`body${index}`] ?? '');
  return {
    kind: row['kind'] as DocumentKind,
    id: textOf(row['id'] ?? ''),
    owner: textOf(row['owner'] ?? ''),
    at: Number(row['at']),
    body: JSON.parse(pieces.join('')),
  };
}

/** The same JSON in ASCII, which may be cut anywhere. */
function asciiOf(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function tagsOf(kind: DocumentKind, owner: string, id: string): string {
  return `kind=${kind},owner=${key(tagOf(owner))},id=${key(tagOf(id))}`;
}

function textOf(tag: string): string {
  return decodeURIComponent(tag.slice(1));
}
