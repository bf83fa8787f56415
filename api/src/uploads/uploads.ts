/**
 * Offline uploads: a device announces a trip, sends its chunks in any order, as often as it likes, and completes it with
 * a manifest. A chunk's receipt is written last, so that whatever happens between, the chunk may simply be sent again.
 */
import { randomUUID } from 'node:crypto';
import { bad, type Manifest, ok, type Problem, type ProblemSlug, problem, type Result } from '@fleet/contract';
import type { Admission } from '../ingest/admit.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { seqConflict } from '../ingest/ingest.ts';
import type { EventStore, SeqRange } from '../ports.ts';
import type { Registry, RegistryDocument } from '../registry.ts';
import { unionOfRanges } from '../trips/seq-ranges.ts';
import { derivedTripTime } from '../trips/trip-id.ts';
import { type ChunkContent, type ChunkContext, type ChunkEvent, checkChunk, eventsIn } from './check-chunk.ts';
import { checkManifest, contradictionsIn } from './check-manifest.ts';
import { KeyedLock } from './keyed-lock.ts';
import type { ReceiptRecord, RejectedLine, UploadRecord } from './records.ts';
import type { SpooledBody } from './spool.ts';

/** A trip as a device announces it. */
export interface Announcement {
  readonly vin?: string;
  readonly vehicle_id?: string;
  readonly trip_id?: string;
  readonly started_at?: string;
  readonly meta?: unknown;
}

/** A chunk whose body was received whole, with the digest that was announced. */
export interface ReceivedChunk {
  readonly no: number;
  readonly sha256: string;
  readonly size_bytes: number;
  /** The body as it was sent. */
  readonly body: SpooledBody;
  /** The lines of the body, unpacked; may be asked for again. Throws `ProblemError` where that can't be done. */
  readonly lines: () => AsyncIterable<Buffer>;
}

/** What an upload has so far. */
export interface UploadStatus {
  readonly upload: UploadRecord;
  readonly receipts: readonly ReceiptRecord[];
  /** Seqs that are stored or were named as rejected. */
  readonly seqs: readonly SeqRange[];
}

export interface UploadsParts {
  readonly registry: Registry;
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
  /** The one name of a vehicle. */
  readonly resolve: (name: string) => string;
  readonly now: () => number;
}

/** Events that are handed to the store at once. */
const WRITTEN_AT_ONCE = 1_000;

/** Rejected lines that a receipt lists. */
const MOST_LISTED = 1_000;

export class Uploads {
  readonly #parts: UploadsParts;
  readonly #lock = new KeyedLock();

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  /** Announces a trip; an id that the server once made for loose events counts as none. */
  async announce(
    announcement: Announcement,
    { speaker }: Admission,
  ): Promise<Result<{ upload: UploadRecord; created: boolean }, Problem>> {
    const claimed = announcement.vin ?? announcement.vehicle_id ?? '';
    const vehicle = speaker.resolve(claimed);
    if (!speaker.mayWrite(vehicle)) {
      return bad(
        problem('vehicle-not-allowed', `this key may not speak for ${claimed}`, [
          { pointer: '', detail: `${claimed} is not this key's` },
        ]),
      );
    }
    const given = announcement.trip_id?.toLowerCase();
    const own =
      given !== undefined && speaker.namesOf(vehicle).every((name) => derivedTripTime(given, name) === undefined);
    const trip_id = own ? given : randomUUID();
    const upload: UploadRecord = {
      vehicle,
      trip_id,
      meta: announcement.meta ?? null,
      started_at: announcement.started_at ?? null,
      completed: null,
    };
    const created = await this.#parts.registry.create(this.#document(upload));
    return ok({ upload, created });
  }

  /** The announced trip of an id: of this vehicle (any name), else of the only one that the sender may speak for. */
  async find(
    tripId: string,
    vehicle: string | undefined,
    { speaker }: Admission,
  ): Promise<Result<UploadRecord, Problem>> {
    const documents = await this.#parts.registry.list('upload', { owner: tripId });
    const uploads = documents
      .map(({ body }) => body)
      .filter((upload) => vehicle === undefined || this.#vehicleOf(upload) === this.#parts.resolve(vehicle));
    const own = uploads.filter((upload) => speaker.mayWrite(this.#vehicleOf(upload)));
    const [first] = own;
    if (first === undefined) {
      return uploads.length > 0
        ? bad(problem('vehicle-not-allowed', 'this trip is of a vehicle that this key may not speak for'))
        : bad(problem('trip-not-found', `no trip ${tripId} was announced: POST /v1/trips first`));
    }
    const vehicles = [...new Set(own.map((upload) => this.#vehicleOf(upload)))];
    if (vehicles.length > 1) return bad(ambiguous(tripId, vehicles));
    return ok(first);
  }

  /** Stores a chunk, or finds that it is stored. */
  async putChunk(
    upload: UploadRecord,
    chunk: ReceivedChunk,
    admission: Admission,
  ): Promise<Result<ReceiptRecord, Problem>> {
    return this.#lock.hold(`${idOf(upload)}/${chunk.no}`, () => this.#putChunk(upload, chunk, admission));
  }

  /** Completes a trip, if everything that the manifest lists is here. May be repeated with a larger manifest. */
  async complete(upload: UploadRecord, manifest: Manifest): Promise<Result<UploadRecord, Problem>> {
    const contradictions = contradictionsIn(manifest);
    const [first] = contradictions;
    if (first !== undefined) {
      return bad(problem('invalid-manifest', `${first.pointer} ${first.detail}`, contradictions));
    }
    const receipts = await this.#receipts(upload);
    const stored = await this.#parts.store.seqs(this.#vehicleOf(upload), upload.trip_id);
    const checked = checkManifest(manifest, { receipts, stored });
    if (!checked.ok) return checked;
    const completed: UploadRecord = { ...upload, completed: { at: this.#parts.now(), manifest } };
    await this.#parts.registry.put(this.#document(completed));
    return ok(completed);
  }

  /** What is here of a trip, so that a device can go on where it was. */
  async status(upload: UploadRecord): Promise<UploadStatus> {
    const receipts = await this.#receipts(upload);
    const stored = await this.#parts.store.seqs(this.#vehicleOf(upload), upload.trip_id);
    return { upload, receipts, seqs: unionOfRanges([stored, ...receipts.map(({ seqs }) => seqs)]) };
  }

  async #putChunk(
    upload: UploadRecord,
    chunk: ReceivedChunk,
    admission: Admission,
  ): Promise<Result<ReceiptRecord, Problem>> {
    const before = await this.#receipt(upload, chunk.no);
    if (before?.sha256.includes(chunk.sha256)) return ok(before);
    const context: ChunkContext = { trip_id: upload.trip_id, vehicle: this.#vehicleOf(upload), admission };
    const content = await checkChunk(chunk.lines(), context);
    if (!content.ok) return content;
    if (before !== undefined) return this.#sameLines(upload, before, chunk, content.value);
    const conflicts = await this.#store(content.value, chunk, context);
    await this.#keepBadLines(upload, content.value, admission);
    const rejected = [
      ...content.value.bad.map(({ line, seq, problem: fault }) => rejectedLine(line, seq, fault)),
      ...conflicts,
    ];
    const receipt: ReceiptRecord = {
      no: chunk.no,
      sha256: [chunk.sha256],
      size_bytes: chunk.size_bytes,
      lines_sha256: content.value.lines_sha256,
      event_count: content.value.line_count,
      seqs: content.value.seqs,
      rejected: rejected.sort((a, b) => a.line - b.line).slice(0, MOST_LISTED),
      rejected_count: rejected.length,
    };
    await this.#parts.registry.put(this.#receiptDocument(upload, receipt));
    return ok(receipt);
  }

  /** A number that is taken: no conflict where the lines are the same, compressed otherwise. */
  async #sameLines(
    upload: UploadRecord,
    before: ReceiptRecord,
    chunk: ReceivedChunk,
    content: ChunkContent,
  ): Promise<Result<ReceiptRecord, Problem>> {
    if (before.lines_sha256 !== content.lines_sha256) {
      return bad(problem('chunk-conflict', `chunk ${chunk.no} was sent before with other lines`));
    }
    const receipt = { ...before, sha256: [...before.sha256, chunk.sha256] };
    await this.#parts.registry.put(this.#receiptDocument(upload, receipt));
    return ok(receipt);
  }

  /** Stores the events; the lines whose seq was taken by an event with another time. */
  async #store(content: ChunkContent, chunk: ReceivedChunk, context: ChunkContext): Promise<RejectedLine[]> {
    const conflicts: RejectedLine[] = [];
    let batch: ChunkEvent[] = [];
    const write = async () => {
      const results = await this.#parts.store.write(batch.map(({ event }) => event));
      for (const [index, { outcome }] of results.entries()) {
        const { line, event } = batch[index] as ChunkEvent;
        if (outcome === 'seq-conflict') conflicts.push(rejectedLine(line, event.seq, seqConflict(event)));
      }
      batch = [];
    };
    for await (const event of content.events ?? eventsIn(chunk.lines(), context)) {
      batch.push(event);
      if (batch.length >= WRITTEN_AT_ONCE) await write();
    }
    await write();
    return conflicts;
  }

  async #keepBadLines({ trip_id }: UploadRecord, { bad: lines }: ChunkContent, { speaker }: Admission): Promise<void> {
    for (const { bytes, problem: fault } of lines) {
      await this.#parts.deadLetters.keep({
        device: speaker.source,
        via: 'chunk',
        bytes,
        problem: fault,
        context: { trip_id },
      });
    }
  }

  /** The vehicle's one name now; it was announced under whatever name it had then. */
  #vehicleOf({ vehicle }: UploadRecord): string {
    return this.#parts.resolve(vehicle);
  }

  async #receipt(upload: UploadRecord, no: number): Promise<ReceiptRecord | undefined> {
    return (await this.#parts.registry.get('receipt', `${idOf(upload)}/${no}`))?.body;
  }

  async #receipts(upload: UploadRecord): Promise<ReceiptRecord[]> {
    const documents = await this.#parts.registry.list('receipt', { owner: idOf(upload) });
    return documents.map(({ body }) => body).sort((a, b) => a.no - b.no);
  }

  #document(upload: UploadRecord): RegistryDocument<'upload'> {
    return { kind: 'upload', id: idOf(upload), owner: upload.trip_id, at: this.#parts.now(), body: upload };
  }

  #receiptDocument(upload: UploadRecord, receipt: ReceiptRecord): RegistryDocument<'receipt'> {
    const owner = idOf(upload);
    return { kind: 'receipt', id: `${owner}/${receipt.no}`, owner, at: this.#parts.now(), body: receipt };
  }
}

function idOf({ vehicle, trip_id }: UploadRecord): string {
  return `${vehicle}/${trip_id}`;
}

function rejectedLine(line: number, seq: number | null, { slug, errors = [] }: Problem): RejectedLine {
  return { line, seq, slug: slug satisfies ProblemSlug, errors };
}

/** The problem of a trip id that several vehicles have. */
export function ambiguous(tripId: string, vehicles: readonly string[]): Problem {
  const detail = `several vehicles have a trip ${tripId}: add ?vehicle=`;
  return { ...problem('ambiguous-trip', detail), extra: { vehicles } };
}
