/** The upload of one trip: announced, sent in chunks, completed. What is there already is not sent again. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Manifest, ManifestChunk } from '@fleet/contract';
import { bodyOf, noteRejected, type WireRejection } from './answers.ts';
import type { Place, RecordedEvent } from './drive-lines.ts';
import type { LinkRequest } from './link.ts';
import type { SenderParts } from './live-sender.ts';

/** What the trip is called. */
export interface UploadedTrip {
  /** Its vehicle, as events name it: `vin` or `vehicle_id`. */
  readonly name: RecordedEvent;
  readonly trip_id: string;
  readonly started_at: string;
  /** Where its first event stands. */
  readonly place: Place;
}

interface Receipt {
  readonly no: number;
  readonly sha256: string;
  readonly accepted: number;
  readonly rejected: readonly (WireRejection & { readonly line: number })[];
  readonly rejected_count: number;
}

/** What the server said of the trip when it was announced. */
interface Begun {
  readonly trip_id: string;
  /** The chunks that are there already, by number. */
  readonly present: ReadonlyMap<number, Receipt>;
}

const CHUNK_TYPE = { 'content-type': 'application/x-ndjson+gzip' };

export class TripUpload {
  readonly #trip: UploadedTrip;
  readonly #parts: SenderParts;
  /** Undefined until the server was asked. */
  #begun: Begun | undefined;
  readonly #chunks: ManifestChunk[] = [];
  #events: { readonly seq: number; readonly text: string; readonly place: Place }[] = [];
  #count = 0;
  #ended_at = '';

  constructor(trip: UploadedTrip, parts: SenderParts) {
    this.#trip = trip;
    this.#parts = parts;
  }

  /** Adds an event; it is sent when there are enough for a chunk. An event without a seq gets the next one. */
  async add(event: RecordedEvent, place: Place): Promise<void> {
    this.#begun ??= await this.#begin();
    this.#count++;
    const seq = typeof event['seq'] === 'number' ? event['seq'] : this.#count;
    const text = JSON.stringify({ ...event, trip_id: this.#begun.trip_id, seq });
    this.#events.push({ seq, text, place });
    this.#ended_at = `${event['ts']}`;
    if (this.#events.length >= this.#parts.batch) await this.#sendChunk(this.#begun);
  }

  /** Sends what is left, and the manifest. */
  async complete(): Promise<void> {
    this.#begun ??= await this.#begin();
    if (this.#events.length > 0) await this.#sendChunk(this.#begun);
    const { name, started_at } = this.#trip;
    const manifest: Manifest = {
      schema_version: 1,
      ...name,
      trip_id: this.#begun.trip_id,
      started_at,
      ended_at: this.#ended_at,
      event_count: this.#count,
      chunks: this.#chunks,
    };
    await this.#ask(json(this.#path(this.#begun.trip_id, 'complete'), manifest), this.#trip.place);
  }

  async #begin(): Promise<Begun> {
    const { name, trip_id: wanted, started_at, place } = this.#trip;
    const announcement = { ...name, trip_id: wanted, started_at };
    const { trip_id } = await this.#ask<{ trip_id: string }>(json('/v1/trips', announcement), place);
    const status: LinkRequest = { method: 'GET', path: this.#path(trip_id, 'upload') };
    const { chunks } = await this.#ask<{ chunks: Receipt[] }>(status, place);
    return { trip_id, present: new Map(chunks.map((receipt) => [receipt.no, receipt])) };
  }

  async #sendChunk({ trip_id, present }: Begun): Promise<void> {
    const events = this.#events;
    this.#events = [];
    const [first] = events as [(typeof events)[number]];
    const body = gzipSync(events.map(({ text }) => `${text}\n`).join(''));
    const sha256 = createHash('sha256').update(body).digest('hex');
    const seqs = events.map(({ seq }) => seq);
    const no = this.#chunks.length + 1;
    const range = { first_seq: Math.min(...seqs), last_seq: Math.max(...seqs) };
    this.#chunks.push({ no, ...range, size_bytes: body.length, sha256 });
    const there = present.get(no);
    const path = this.#path(trip_id, `chunks/${no}`);
    const headers = { ...CHUNK_TYPE, 'x-chunk-sha256': sha256, 'idempotency-key': `${trip_id}:${no}` };
    const put: LinkRequest = { method: 'PUT', path, headers, body };
    const receipt = there?.sha256 === sha256 ? there : await this.#ask<Receipt>(put, first.place);
    this.#parts.tally.accept(receipt.accepted);
    noteRejected(this.#parts.tally, receipt.rejected, receipt.rejected_count, ({ line }) => events[line - 1]?.place);
  }

  /** An address of the trip; the vehicle is said, since others may have a trip of this id. */
  #path(trip_id: string, rest: string): string {
    const { vin, vehicle_id } = this.#trip.name;
    return `/v1/trips/${trip_id}/${rest}?vehicle=${vin ?? vehicle_id}`;
  }

  async #ask<T>(request: LinkRequest, place: Place): Promise<T> {
    const answer = await this.#parts.link.send(request);
    this.#parts.tally.acknowledge(answer.ms);
    return bodyOf<T>(answer, place);
  }
}

function json(path: string, body: object): LinkRequest {
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
