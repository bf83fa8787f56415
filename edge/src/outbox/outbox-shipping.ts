/** The outbox as sending sees it. Only what was committed is given out. */
import { randomUUID } from 'node:crypto';
import { formatTimestamp } from '@fleet/contract';
import type { ChunkLimits, Lines, Log, OutboxChunk, OutboxTrip, Shipping } from '../ports.ts';
import { cut, rangesOf, type SeqRange, union, without } from '../trip/seq-set.ts';
import type { Accounts } from './accounts.ts';
import type { GroupCommit } from './group-commit.ts';
import type { ShippingTables } from './shipping-tables.ts';

/** Trips with times further ahead than this wait: the server would refuse them. */
const AHEAD_MS = 60_000;

export interface OutboxShippingParts {
  readonly tables: ShippingTables;
  readonly accounts: Accounts;
  readonly commits: GroupCommit;
  readonly log: Log;
  /** UTC as far as it is known. */
  readonly utcNow: () => number;
  /** Hears of trips whose seqs are taken: they must not go on. */
  readonly onConflict: (tripId: string) => void;
}

export class OutboxShipping implements Shipping {
  readonly #parts: OutboxShippingParts;
  /** Trips that the server has, until that is committed. */
  readonly #completed = new Set<string>();
  /** Where events went whose seqs were taken. */
  readonly #successors = new Map<string, string>();

  constructor(parts: OutboxShippingParts) {
    this.#parts = parts;
  }

  openTrips(): readonly OutboxTrip[] {
    return this.#parts.tables.trips().filter(({ trip_id }) => !this.#completed.has(trip_id));
  }

  trip(tripId: string): OutboxTrip | undefined {
    return this.#parts.tables.trip(tripId);
  }

  lastSeq(tripId: string): number {
    return this.#parts.tables.lastSeq(tripId);
  }

  unsent(tripId: string): readonly SeqRange[] {
    const last = this.lastSeq(tripId);
    return last === 0 ? [] : without([[1, last]], this.#parts.accounts.sent(tripId));
  }

  isUndated(tripId: string): boolean {
    return this.#parts.tables.isUndated(tripId, formatTimestamp(this.#parts.utcNow() + AHEAD_MS));
  }

  lines(tripId: string, range: SeqRange, most: number): Lines {
    const trip = this.trip(tripId);
    return trip === undefined ? { seqs: [], lines: [] } : this.#parts.tables.lines(trip, range, most);
  }

  chunks(tripId: string): readonly OutboxChunk[] {
    return this.#parts.accounts.chunks(tripId);
  }

  plan(tripId: string, ranges: readonly SeqRange[], { most, after }: ChunkLimits): void {
    let no = Math.max(after, ...this.chunks(tripId).map((chunk) => chunk.no));
    for (const [first_seq, last_seq] of cut(this.#present(tripId, ranges), most)) {
      no++;
      this.#parts.accounts.putChunk(tripId, { no, first_seq, last_seq, digest: null });
    }
    this.#parts.commits.commit();
  }

  unplanned(tripId: string): readonly SeqRange[] {
    const planned = this.chunks(tripId).map(({ first_seq, last_seq }) => [first_seq, last_seq] as const);
    const all: SeqRange = [1, this.#parts.tables.lastSeq(tripId)];
    const aside = rangesOf(this.#parts.tables.asideSeqs(tripId));
    return without(this.#present(tripId, without([all], union(planned))), aside);
  }

  noteDigest(tripId: string, chunk: OutboxChunk): void {
    this.#parts.accounts.putChunk(tripId, chunk);
  }

  forgetChunk(tripId: string, no: number): void {
    this.#parts.accounts.dropChunk(tripId, no);
  }

  pinVehicle(tripId: string, vehicle: string): void {
    this.#parts.commits.commitWith(() => this.#parts.tables.pinVehicle(tripId, vehicle));
  }

  unpinVehicle(tripId: string): void {
    const { commits, tables, accounts } = this.#parts;
    if (accounts.sent(tripId).length === 0) commits.commitWith(() => tables.unpinVehicle(tripId));
  }

  markSent(tripId: string, ranges: readonly SeqRange[]): void {
    this.#parts.accounts.markSent(tripId, ranges);
  }

  markUnsent(tripId: string, ranges: readonly SeqRange[]): void {
    this.#parts.accounts.markUnsent(tripId, ranges);
  }

  setAside(tripId: string, seq: number, why: string): void {
    const { commits, tables, accounts, log } = this.#parts;
    commits.add(() => tables.setAside(tripId, seq, why));
    accounts.markSent(tripId, [[seq, seq]]);
    log.warn(`the server can not take event ${seq} of trip ${tripId}, it is set aside: ${why}`);
  }

  moveToNewTrip(tripId: string, seqs: readonly number[]): void {
    const { commits, tables, accounts, log, onConflict } = this.#parts;
    const successor = this.#successors.get(tripId) ?? randomUUID();
    this.#successors.set(tripId, successor);
    commits.commitWith(() => tables.move(tripId, seqs, successor));
    const moved = seqs.map((seq) => [seq, seq] as const);
    accounts.markSent(tripId, moved);
    log.warn(`seqs of trip ${tripId} are taken on the server: ${seqs.length} events go as trip ${successor}`);
    onConflict(tripId);
  }

  complete(tripId: string): void {
    const { commits, tables, accounts, utcNow } = this.#parts;
    this.#completed.add(tripId);
    const at = formatTimestamp(utcNow());
    commits.add(() => {
      tables.deleteTrip(tripId, at);
      accounts.clear(tripId);
    });
  }

  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        end();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const end = this.#parts.commits.onCommit(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Of these ranges, the seqs that there are events of; numbers without an event are accounted for by that. */
  #present(tripId: string, ranges: readonly SeqRange[]): SeqRange[] {
    const present = ranges.flatMap((range) => this.#parts.tables.seqs(tripId, range));
    const holes = without(ranges, present);
    if (holes.length > 0) this.#parts.accounts.markSent(tripId, holes);
    return present;
  }
}
