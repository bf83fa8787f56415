/**
 * Stores a chunk whose body was received whole. Its lines are read up to three times, so that none is held in memory: to
 * check them, to store them, and to keep those as dead letters that could not be stored. The receipt is written last, so
 * that whatever happens between, the chunk may simply be sent again.
 */
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';
import { createBreather } from '../ingest/breathe.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { refusalOf } from '../ingest/ingest.ts';
import { linesOf } from '../ingest/lines.ts';
import type { EventStore } from '../ports.ts';
import { type ChunkContent, type ChunkContext, type ChunkEvent, checkChunk, eventsIn } from './check-chunk.ts';
import type { ReceiptRecord, UploadRecord } from './records.ts';
import type { Rejections } from './rejections.ts';
import type { UploadDocuments } from './upload-documents.ts';

/** A chunk whose body was received whole, with the digest that was announced. */
export interface ReceivedChunk {
  readonly no: number;
  readonly sha256: string;
  readonly size_bytes: number;
  /** The lines of the body, unpacked; may be asked for again. Throws `ProblemError` where that can't be done. */
  readonly lines: () => AsyncIterable<Buffer>;
}

export interface PutChunkParts {
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
  readonly documents: UploadDocuments;
}

/** Events that are handed to the store at once. */
const WRITTEN_AT_ONCE = 1_000;

/** Digests that a receipt remembers: of the same lines, compressed again and again. */
const MOST_DIGESTS = 16;

/** Stores the chunk, or finds that it is stored. One at a time may do so for a chunk. */
export async function putChunk(
  parts: PutChunkParts,
  upload: UploadRecord,
  chunk: ReceivedChunk,
  context: ChunkContext,
): Promise<Result<ReceiptRecord, Problem>> {
  const before = await parts.documents.receipt(upload, chunk.no);
  if (before?.sha256.includes(chunk.sha256)) return ok(before);
  const content = await checkChunk(chunk.lines(), context);
  if (!content.ok) return content;
  const receipt =
    before === undefined ? ok(await store(parts, chunk, content.value, context)) : again(before, chunk, content.value);
  if (receipt.ok) await parts.documents.putReceipt(upload, receipt.value);
  return receipt;
}

/** A number that is taken: no conflict where the lines are the same, compressed otherwise. */
function again(before: ReceiptRecord, chunk: ReceivedChunk, content: ChunkContent): Result<ReceiptRecord, Problem> {
  if (before.lines_sha256 !== content.lines_sha256) {
    return bad(problem('chunk-conflict', `chunk ${chunk.no} was sent before with other lines`));
  }
  return ok({ ...before, sha256: [...before.sha256, chunk.sha256].slice(-MOST_DIGESTS) });
}

async function store(
  { store: events, deadLetters }: PutChunkParts,
  chunk: ReceivedChunk,
  content: ChunkContent,
  context: ChunkContext,
): Promise<ReceiptRecord> {
  const { rejections, line_count: event_count, unnumbered_count, lines_sha256, seqs } = content;
  await storeEvents(events, content.events ?? eventsIn(chunk.lines(), context), rejections);
  if (rejections.count > 0) await keepRejected(deadLetters, chunk, rejections, context);
  return {
    no: chunk.no,
    sha256: [chunk.sha256],
    size_bytes: chunk.size_bytes,
    lines_sha256,
    event_count,
    unnumbered_count,
    seqs,
    rejected: rejections.listed,
    rejected_count: rejections.count,
  };
}

/** Stores the events; those that the store does not take are rejected too. */
async function storeEvents(
  store: EventStore,
  events: Iterable<ChunkEvent> | AsyncIterable<ChunkEvent>,
  rejections: Rejections,
): Promise<void> {
  let batch: ChunkEvent[] = [];
  const write = async () => {
    const results = await store.write(batch.map(({ event }) => event));
    for (const [index, result] of results.entries()) {
      const { line, event } = batch[index] as ChunkEvent;
      const refusal = refusalOf(event, result);
      if (refusal !== undefined) rejections.add(line, event.seq, refusal);
    }
    batch = [];
  };
  for await (const event of events) {
    batch.push(event);
    if (batch.length >= WRITTEN_AT_ONCE) await write();
  }
  await write();
}

/** Keeps the listed lines as dead letters, and counts the others. */
async function keepRejected(
  deadLetters: DeadLetters,
  chunk: ReceivedChunk,
  rejections: Rejections,
  { trip_id, admission }: ChunkContext,
): Promise<void> {
  const device = admission.speaker.source;
  const listed = new Map(rejections.listed.map((rejected) => [rejected.line, rejected]));
  await deadLetters.count(device, rejections.count - listed.size);
  const breathe = createBreather();
  for await (const lines of linesOf(chunk.lines())) {
    for (const { number, bytes } of lines) {
      const rejected = listed.get(number);
      if (rejected !== undefined)
        await deadLetters.keep({ device, via: 'chunk', bytes, context: { trip_id }, ...rejected });
    }
    await breathe();
  }
}
