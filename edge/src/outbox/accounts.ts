/** What is known of a trip's fate: which seqs are accounted for, and as which chunks it goes. Held in memory, written behind. */
import type { OutboxChunk } from '../ports.ts';
import { type SeqRange, union, without } from '../trip/seq-set.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Database } from './open-file.ts';

interface Account {
  sent: readonly SeqRange[];
  readonly chunks: Map<number, OutboxChunk>;
}

interface ChunkRow {
  readonly no: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly sha256: string | null;
  readonly size_bytes: number;
  readonly event_count: number;
}

export class Accounts {
  readonly #commits: GroupCommit;
  readonly #sql;
  readonly #accounts = new Map<string, Account>();

  constructor(db: Database, commits: GroupCommit) {
    this.#commits = commits;
    this.#sql = {
      sent: db.prepare('SELECT first_seq, last_seq FROM sent WHERE trip_id = ? ORDER BY first_seq').raw(),
      clearSent: db.prepare('DELETE FROM sent WHERE trip_id = ?'),
      addSent: db.prepare('INSERT INTO sent (trip_id, first_seq, last_seq) VALUES (?, ?, ?)'),
      chunks: db.prepare('SELECT * FROM chunks WHERE trip_id = ? ORDER BY no'),
      putChunk: db.prepare('INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)'),
      dropChunk: db.prepare('DELETE FROM chunks WHERE trip_id = ? AND no = ?'),
      clearChunks: db.prepare('DELETE FROM chunks WHERE trip_id = ?'),
    };
  }

  /** Seqs that were sent or set aside. */
  sent(tripId: string): readonly SeqRange[] {
    return this.#of(tripId).sent;
  }

  markSent(tripId: string, ranges: readonly SeqRange[]): void {
    this.#setSent(tripId, union([...this.sent(tripId), ...ranges]));
  }

  markUnsent(tripId: string, ranges: readonly SeqRange[]): void {
    this.#setSent(tripId, without(this.sent(tripId), union(ranges)));
  }

  chunks(tripId: string): readonly OutboxChunk[] {
    return [...this.#of(tripId).chunks.values()];
  }

  putChunk(tripId: string, chunk: OutboxChunk): void {
    this.#of(tripId).chunks.set(chunk.no, chunk);
    const { no, first_seq, last_seq, digest } = chunk;
    const { sha256 = null, size_bytes = null, event_count = null } = digest ?? {};
    this.#commits.add(() => this.#sql.putChunk.run(tripId, no, first_seq, last_seq, sha256, size_bytes, event_count));
  }

  dropChunk(tripId: string, no: number): void {
    this.#of(tripId).chunks.delete(no);
    this.#commits.add(() => this.#sql.dropChunk.run(tripId, no));
  }

  /** Part of the change that deletes a trip. */
  clear(tripId: string): void {
    this.#accounts.delete(tripId);
    this.#sql.clearSent.run(tripId);
    this.#sql.clearChunks.run(tripId);
  }

  /** Trips have few ranges, so they are written anew, whatever changed. */
  #setSent(tripId: string, sent: readonly SeqRange[]): void {
    const account = this.#of(tripId);
    account.sent = sent;
    this.#commits.add(() => {
      // Only the last of several changes between two commits is written.
      if (account.sent !== sent) return;
      this.#sql.clearSent.run(tripId);
      for (const [first, last] of sent) this.#sql.addSent.run(tripId, first, last);
    });
  }

  #of(tripId: string): Account {
    const known = this.#accounts.get(tripId);
    if (known !== undefined) return known;
    const rows = this.#sql.chunks.all(tripId) as ChunkRow[];
    const account: Account = {
      sent: this.#sql.sent.all(tripId) as [number, number][],
      chunks: new Map(rows.map((row) => [row.no, toChunk(row)])),
    };
    this.#accounts.set(tripId, account);
    return account;
  }
}

function toChunk({ no, first_seq, last_seq, sha256, size_bytes, event_count }: ChunkRow): OutboxChunk {
  return { no, first_seq, last_seq, digest: sha256 === null ? null : { sha256, size_bytes, event_count } };
}
