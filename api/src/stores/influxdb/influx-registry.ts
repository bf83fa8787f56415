/**
 * The registry in the meta bucket. Nothing is kept in memory: each read asks the server, so that a device may announce a
 * trip to one process and send its chunks to another.
 *
 * `create` is exact among callers of one process. Between processes InfluxDB has nothing that only one can do: a creator
 * writes a claim, gives the claims of others time to arrive, and reads them all: the earliest one wins. Two win only where
 * the earlier one's claim takes longer than the later one's and that time; then the document written last stands.
 */

import { KeyedLock } from '../../ingest/keyed-lock.ts';
import type { DocumentKind, DocumentQuery, Registry, RegistryDocument } from '../../registry.ts';
import { WATCHED_KINDS } from '../../registry.ts';
import { pagesOfAll } from '../../registry-pages.ts';
import type { InfluxClient } from './client.ts';
import type { Row } from './csv.ts';
import { documentLine, type Revision, revisionOf, tagOf, toDocument, tombstoneLine } from './documents.ts';
import { literal } from './influxql.ts';
import { quoted } from './line-protocol.ts';

/** How long a claim counts, microseconds: longer than a document takes to follow it. */
const CLAIM_US = 10_000_000;

/** What a claim that is under way has to arrive, milliseconds. */
const CLAIM_ARRIVES_MS = 10;

/** The kinds that trips depend on. */
const TRIP_KINDS: readonly DocumentKind[] = ['vehicle', 'correction'];

/** What somebody may want to hear of: that a document changed who may do what, or which trips there are. */
export type Concern = 'access' | 'trips';

export class InfluxRegistry implements Registry {
  readonly #client: InfluxClient;
  readonly #lock = new KeyedLock();
  #lastRevision = 0;
  #ownChanges = 0;

  constructor(client: InfluxClient) {
    this.#client = client;
  }

  async get<K extends DocumentKind>(kind: K, id: string): Promise<RegistryDocument<K> | undefined> {
    const [row] = (await this.#rows(kind, `AND id = ${literal(tagOf(id))}`)).filter(isThere);
    return row && (toDocument(row) as RegistryDocument<K>);
  }

  async list<K extends DocumentKind>(kind: K, query: DocumentQuery = {}): Promise<readonly RegistryDocument<K>[]> {
    const { owner, before, limit } = query;
    const documents = (await this.#rows(kind, ownedBy(owner))).filter(isThere).map(toDocument);
    return documents
      .filter((document) => before === undefined || newestFirst(before, document) < 0)
      .sort(newestFirst)
      .slice(0, limit) as unknown as RegistryDocument<K>[];
  }

  pages<K extends DocumentKind>(kind: K, query: DocumentQuery, size: number) {
    return pagesOfAll(this, kind, query, size);
  }

  async count(kind: DocumentKind, owner?: string): Promise<number> {
    return (await this.#rows(kind, ownedBy(owner), 'rev, deleted, kind, owner, id')).filter(isThere).length;
  }

  async create<K extends DocumentKind>(document: RegistryDocument<K>): Promise<boolean> {
    const { kind, id } = document;
    return this.#lock.hold(`${kind}/${id}`, async () => {
      const before = await this.#revisions(kind, id);
      if (before.some(({ deleted }) => !deleted) || !(await this.#claim(kind, id, before))) return false;
      await this.#write(document, before);
      return true;
    });
  }

  async put<K extends DocumentKind>(document: RegistryDocument<K>): Promise<void> {
    const { kind, id } = document;
    await this.#lock.hold(`${kind}/${id}`, async () => this.#write(document, await this.#revisions(kind, id)));
  }

  async delete(kind: DocumentKind, id: string): Promise<boolean> {
    return this.#lock.hold(`${kind}/${id}`, async () => {
      const there = (await this.#revisions(kind, id)).filter(({ deleted }) => !deleted);
      if (there.length === 0) return false;
      const rev = this.#nextRevision();
      await this.#commit(
        kind,
        there.map((revision) => tombstoneLine(revision, rev)),
      );
      return true;
    });
  }

  async version(): Promise<number> {
    return this.versionOf('access');
  }

  /** Another one whenever a document changed that concerns this. */
  async versionOf(concern: Concern): Promise<number> {
    const [row] = await this.#client.query(
      this.#client.metaBucket,
      `SELECT rev FROM changed WHERE concern = ${literal(concern)}`,
    );
    return Number(row?.['rev'] ?? 0);
  }

  /** How often this process changed what trips depend on. */
  get ownChanges(): number {
    return this.#ownChanges;
  }

  /** Keeps a document, and takes away those of the same id that had another owner. */
  async #write(document: RegistryDocument, before: readonly Revision[]): Promise<void> {
    const rev = this.#nextRevision();
    const line = documentLine(document, rev);
    const others = before.filter(({ deleted, tags }) => !deleted && !line.startsWith(`document,${tags} `));
    await this.#commit(document.kind, [line, ...others.map((other) => tombstoneLine(other, rev - 1))]);
  }

  /** What is watched is told of when it can be seen, and with it, lest the process ends between the two. */
  async #commit(kind: DocumentKind, lines: readonly string[]): Promise<void> {
    const changed = (['access', 'trips'] as const)
      .filter((concern) => (concern === 'access' ? WATCHED_KINDS : TRIP_KINDS).includes(kind))
      .map((concern) => `changed,concern=${concern} rev=${this.#nextRevision()}i 0`);
    await this.#client.write(this.#client.metaBucket, [...lines, ...changed].join('\n'));
    if (changed.length === 0) return;
    const seen = changed.map((line) => line.replace(/rev=\d+/, `rev=${this.#nextRevision()}`));
    await this.#client.write(this.#client.metaBucket, seen.join('\n'));
    if (TRIP_KINDS.includes(kind)) this.#ownChanges++;
  }

  /** Whether nobody claimed the id earlier, since it was free. */
  async #claim(kind: DocumentKind, id: string, before: readonly Revision[]): Promise<boolean> {
    const rev = this.#nextRevision();
    const claim = `${rev}${Math.random().toFixed(3).slice(-3)}`;
    const free = Math.max(rev - CLAIM_US, ...before.map((revision) => revision.rev));
    await this.#client.write(this.#client.metaBucket, `claim,kind=${kind} id=${quoted(tagOf(id))} ${claim}`);
    await new Promise((resolve) => setTimeout(resolve, CLAIM_ARRIVES_MS));
    const [first] = await this.#client.query(
      this.#client.metaBucket,
      `SELECT id FROM claim WHERE kind = ${literal(kind)} AND id = ${literal(tagOf(id))} AND time > ${free}999 LIMIT 1`,
    );
    return first?.['time'] === claim;
  }

  async #revisions(kind: DocumentKind, id: string): Promise<Revision[]> {
    const rows = await this.#rows(kind, `AND id = ${literal(tagOf(id))}`, 'rev, deleted, kind, owner, id', 'all');
    return rows.map(revisionOf);
  }

  /** Points of a kind, of each id the newest one. */
  async #rows(kind: DocumentKind, where: string, columns = '*', which?: 'all'): Promise<readonly Row[]> {
    const query = `SELECT ${columns} FROM document WHERE kind = ${literal(kind)} ${where}`;
    const rows = await this.#client.query(this.#client.metaBucket, query);
    if (which === 'all') return rows;
    const byAge = rows.toSorted((a, b) => Number(a['rev']) - Number(b['rev']));
    return [...new Map(byAge.map((row) => [row['id'], row])).values()];
  }

  /** Microseconds since 1970, or a little more: each number once. */
  #nextRevision(): number {
    this.#lastRevision = Math.max(this.#lastRevision + 1, Math.floor((Date.now() + Math.random()) * 1_000));
    return this.#lastRevision;
  }
}

function ownedBy(owner: string | undefined): string {
  return owner === undefined ? '' : `AND owner = ${literal(tagOf(owner))}`;
}

function isThere({ deleted }: Row): boolean {
  return deleted === 'false';
}

function newestFirst(a: { at: number; id: string }, b: { at: number; id: string }): number {
  return b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
