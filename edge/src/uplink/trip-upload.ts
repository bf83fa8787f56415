/**
 * The offline upload of one trip: announced, what the server has of it asked for, chunks sent, completed. Wherever it
 * breaks off, it is begun anew, and goes on from what the server has.
 */
import type { Manifest } from '@fleet/contract';
import type { OutboxChunk, OutboxTrip, Shipping } from '../ports.ts';
import { vehicleMember } from '../trip/event-line.ts';
import { contains, type SeqRange } from '../trip/seq-set.ts';
import { type ChunkBody, packChunk } from './chunk-body.ts';
import type { HttpRequest } from './http-client.ts';
import { type Link, LinkError } from './link.ts';
import { type AnswerBody, type Receipt, readReceipt, readStatus } from './receipts.ts';
import { settle } from './rejections.ts';

/** Lines of a chunk: as many as a receipt lists rejected ones, so that the fate of each is known. */
export const CHUNK_LINES = 1_000;
/** Chunks that are under way at a time. */
const PARALLEL = 2;

export interface TripUploadParts {
  readonly link: Link;
  readonly shipping: Shipping;
}

export class TripUpload {
  readonly #link: Link;
  readonly #shipping: Shipping;
  readonly #trip: OutboxTrip & { readonly vehicle: string };
  /** Lines of a chunk; fewer after the server, or something before it, found one too large. */
  #most = CHUNK_LINES;
  #begun: Promise<ReadonlyMap<number, Receipt>> | undefined;
  /** Whether a chunk was given up for smaller ones. */
  #isCutAnew = false;

  constructor(trip: OutboxTrip & { readonly vehicle: string }, { link, shipping }: TripUploadParts) {
    this.#trip = trip;
    this.#link = link;
    this.#shipping = shipping;
  }

  /** Sends these seqs. Throws `LinkError` where that can't be gone on with. */
  async send(ranges: readonly SeqRange[]): Promise<void> {
    const receipts = await this.#begin();
    const after = Math.max(0, ...receipts.keys());
    do {
      this.#isCutAnew = false;
      const waiting = this.#chunksOf(ranges, after).values();
      const lane = async () => {
        for (const chunk of waiting) await this.#sendChunk(chunk, receipts);
      };
      const lanes = await Promise.allSettled(Array.from({ length: PARALLEL }, lane));
      const failed = lanes.find((settled) => settled.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } while (this.#isCutAnew);
  }

  /** Says what the trip consists of; when the server has all of it, it is deleted here. */
  async complete(): Promise<void> {
    const after = Math.max(0, ...(await this.#begin()).keys());
    const { trip_id, vehicle, started_at, ended_at } = this.#trip;
    this.#shipping.plan(trip_id, this.#shipping.unplanned(trip_id), { most: CHUNK_LINES, after });
    const chunks = await this.#digests();
    const manifest: Manifest = {
      schema_version: 1,
      ...vehicleMember(vehicle),
      trip_id,
      started_at,
      ...(ended_at !== null && { ended_at }),
      event_count: chunks.reduce((sum, { digest }) => sum + digest.event_count, 0),
      chunks: chunks.map(({ no, first_seq, last_seq, digest: { size_bytes, sha256 } }) => ({
        ...{ no, first_seq, last_seq, size_bytes, sha256 },
      })),
    };
    const verdict = await this.#link.ask(
      this.#post('complete', manifest),
      ({ completed }) => completed === true || undefined,
    );
    if (verdict.kind === 'taken') return this.#shipping.complete(trip_id);
    if (verdict.kind === 'refused' && verdict.slug === 'manifest-mismatch') this.#sendAgain(verdict.document, chunks);
    throw this.#refused('the manifest', verdict);
  }

  #begin(): Promise<ReadonlyMap<number, Receipt>> {
    this.#begun ??= this.#announce();
    return this.#begun;
  }

  /** Announces the trip, and asks what is there of it. */
  async #announce(): Promise<ReadonlyMap<number, Receipt>> {
    const { trip_id, vehicle, started_at, vin } = this.#trip;
    const announcement = { ...vehicleMember(vehicle), trip_id, started_at, meta: { vin } };
    const announced = await this.#link.ask(
      json('/v1/trips', announcement),
      (body) => body['trip_id'] === trip_id || undefined,
    );
    const isOthers = announced.kind === 'refused' && announced.slug === 'vehicle-not-allowed';
    if (isOthers) this.#shipping.unpinVehicle(trip_id);
    if (announced.kind !== 'taken') throw this.#refused('the announcement', announced);
    const status = await this.#link.ask({ method: 'GET', path: this.#path('upload') }, readStatus);
    if (status.kind !== 'taken') throw this.#refused('the status', status);
    return new Map(status.body.map((receipt) => [receipt.no, receipt]));
  }

  /** The chunks that hold any of these seqs that was not sent. */
  #chunksOf(ranges: readonly SeqRange[], after: number): OutboxChunk[] {
    const { trip_id } = this.#trip;
    const unplanned = this.#shipping.unplanned(trip_id);
    const toPlan = ranges.flatMap(([first, last]) =>
      unplanned
        .filter(([from, to]) => from <= last && to >= first)
        .map(([from, to]): SeqRange => [Math.max(first, from), Math.min(last, to)]),
    );
    if (toPlan.length > 0) this.#shipping.plan(trip_id, toPlan, { most: this.#most, after });
    const unsent = this.#shipping.unsent(trip_id);
    const isWanted = (seqs: readonly SeqRange[], { first_seq, last_seq }: OutboxChunk) =>
      seqs.some(([first, last]) => first <= last_seq && last >= first_seq);
    return this.#shipping.chunks(trip_id).filter((chunk) => isWanted(ranges, chunk) && isWanted(unsent, chunk));
  }

  async #sendChunk(chunk: OutboxChunk, receipts: ReadonlyMap<number, Receipt>): Promise<void> {
    const { trip_id } = this.#trip;
    const body = await packChunk(this.#shipping, trip_id, chunk);
    if (body === null) return this.#shipping.forgetChunk(trip_id, chunk.no);
    const there = receipts.get(chunk.no);
    if (there?.sha256 === body.digest.sha256) return this.#accept(chunk, body, there);
    const verdict = await this.#link.ask(this.#put(chunk, body), (answer) => readReceipt(answer, body));
    if (verdict.kind === 'taken') return this.#accept(chunk, body, verdict.body);
    if (verdict.kind === 'too-large') return this.#halve(chunk, body, verdict.why);
    // Other lines have this number: these go under another.
    if (verdict.slug === 'chunk-conflict') this.#shipping.forgetChunk(trip_id, chunk.no);
    throw this.#refused(`chunk ${chunk.no}`, verdict);
  }

  #accept(chunk: OutboxChunk, { seqs, digest }: ChunkBody, { rejections }: Receipt): void {
    this.#shipping.noteDigest(this.#trip.trip_id, { ...chunk, digest });
    const kept = settle(this.#shipping, this.#trip.trip_id, seqs, rejections);
    if (kept !== undefined) {
      this.#shipping.forgetChunk(this.#trip.trip_id, chunk.no);
      throw new LinkError(kept);
    }
    this.#link.proved();
  }

  #halve(chunk: OutboxChunk, { seqs }: ChunkBody, why: string): void {
    if (seqs.length === 1) throw new LinkError(`an event alone is ${why}`);
    this.#most = Math.ceil(Math.min(this.#most, seqs.length) / 2);
    this.#isCutAnew = true;
    this.#shipping.forgetChunk(this.#trip.trip_id, chunk.no);
  }

  /** Chunks with the digests of those that never had to be sent: their events came live. */
  async #digests() {
    const { trip_id } = this.#trip;
    const chunks: (OutboxChunk & { digest: NonNullable<OutboxChunk['digest']> })[] = [];
    for (const chunk of this.#shipping.chunks(trip_id)) {
      const digest = chunk.digest ?? (await packChunk(this.#shipping, trip_id, chunk))?.digest;
      if (digest !== undefined) chunks.push({ ...chunk, digest });
    }
    return chunks;
  }

  /** What the server misses is sent again, whatever it said before. */
  #sendAgain(document: AnswerBody, chunks: readonly OutboxChunk[]): void {
    const { trip_id } = this.#trip;
    const numbers = [document['missing'], document['differing']].flatMap((list) => (Array.isArray(list) ? list : []));
    const uncovered = (Array.isArray(document['uncovered']) ? document['uncovered'] : []) as SeqRange[];
    for (const { no, first_seq, last_seq } of chunks.filter((chunk) => numbers.includes(chunk.no))) {
      this.#shipping.forgetChunk(trip_id, no);
      const range: SeqRange = [first_seq, last_seq];
      this.#shipping.markUnsent(trip_id, uncovered.some(([first]) => contains([range], first)) ? uncovered : [range]);
    }
  }

  #put({ no }: OutboxChunk, { bytes, digest }: ChunkBody): HttpRequest {
    const headers = {
      'content-type': 'application/x-ndjson+gzip',
      'x-chunk-sha256': digest.sha256,
      'idempotency-key': `${this.#trip.trip_id}:${no}`,
    };
    return { method: 'PUT', path: this.#path(`chunks/${no}`), headers, body: bytes };
  }

  #post(rest: string, body: object): HttpRequest {
    return json(this.#path(rest), body);
  }

  /** An address of the trip; the vehicle is said, since others may have a trip of this id. */
  #path(rest: string): string {
    return `/v1/trips/${this.#trip.trip_id}/${rest}?vehicle=${this.#trip.vehicle}`;
  }

  #refused(
    what: string,
    verdict: { readonly kind: string; readonly slug?: string; readonly document?: AnswerBody },
  ): LinkError {
    return new LinkError(
      `${what} of trip ${this.#trip.trip_id} is refused: ${verdict.slug ?? verdict.kind} ${verdict.document?.['detail'] ?? ''}`,
    );
  }
}

function json(path: string, body: object): HttpRequest {
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
