/**
 * The first pass over a chunk: every line is checked before any is stored. A line of another trip or vehicle spoils the
 * whole chunk, since something was mixed up; a line that is no event is named, and spoils nothing.
 */
import { createHash } from 'node:crypto';
import { bad, type Fault, ok, type Problem, problem, type Result } from '@fleet/contract';
import { type Admission, admit } from '../ingest/admit.ts';
import { createBreather } from '../ingest/breathe.ts';
import { lineTooLong, parseJson } from '../ingest/decode.ts';
import type { KeyedEvent } from '../ingest/key-of.ts';
import { type Line, linesOf } from '../ingest/lines.ts';
import type { SeqRange } from '../ports.ts';
import { seqRanges } from '../trips/seq-ranges.ts';

/** What a chunk must be of. */
export interface ChunkContext {
  readonly trip_id: string;
  /** The vehicle's one name. */
  readonly vehicle: string;
  readonly admission: Admission;
}

/** A line that can't be stored. */
export interface BadLine {
  readonly line: number;
  readonly seq: number | null;
  readonly problem: Problem;
  /** The line as it was sent; empty where it was too long to be kept. */
  readonly bytes: Buffer;
}

/** What the first pass found. */
export interface ChunkContent {
  /** SHA-256 of the unpacked bytes, hexadecimal. */
  readonly lines_sha256: string;
  /** Lines, empty ones not counted. */
  readonly line_count: number;
  readonly seqs: readonly SeqRange[];
  readonly bad: readonly BadLine[];
  /** The events, where they are few enough to be kept; else they are read again. */
  readonly events: readonly ChunkEvent[] | null;
}

/** An event and the line that it was in. */
export interface ChunkEvent {
  readonly line: number;
  readonly event: KeyedEvent;
}

/** Events that are kept between the two passes: a drive of an hour at 1 Hz. */
const MOST_KEPT = 4_000;

/** Most faults that are listed. */
const MOST_FAULTS = 100;

/** Checks all lines. The error is `invalid-chunk`: lines of another trip or vehicle, or none at all. */
export async function checkChunk(
  body: AsyncIterable<Buffer>,
  context: ChunkContext,
): Promise<Result<ChunkContent, Problem>> {
  const hash = createHash('sha256');
  const findings = new Findings();
  for await (const { line, result } of readLines(hashed(body, hash), context)) findings.add(line, result);
  return findings.conclude(() => hash.digest('hex'));
}

/** What was found in the lines so far. */
class Findings {
  readonly #seqs: number[] = [];
  readonly #bad: BadLine[] = [];
  readonly #foreign: Fault[] = [];
  #events: ChunkEvent[] | null = [];
  #count = 0;

  add(line: Line, result: Result<KeyedEvent, Problem>): void {
    this.#count++;
    if (result.ok) this.#addEvent(line, result.value);
    else if (result.error.slug === 'invalid-chunk') this.#addForeign(line, result.error);
    else this.#addBad(line, result.error);
  }

  conclude(digest: () => string): Result<ChunkContent, Problem> {
    const [first] = this.#foreign;
    if (first !== undefined) {
      return bad(problem('invalid-chunk', `line ${first.pointer.slice(1)} ${first.detail}`, this.#foreign));
    }
    if (this.#count === 0) {
      return bad(problem('invalid-chunk', 'the chunk holds no line', [{ pointer: '', detail: 'holds no line' }]));
    }
    const seqs = seqRanges(this.#seqs.sort((a, b) => a - b));
    return ok({ lines_sha256: digest(), line_count: this.#count, seqs, bad: this.#bad, events: this.#events });
  }

  #addEvent({ number: line }: Line, event: KeyedEvent): void {
    if (event.seq !== event.ts) this.#seqs.push(event.seq);
    if (this.#events !== null && this.#events.length >= MOST_KEPT) this.#events = null;
    this.#events?.push({ line, event });
  }

  #addForeign({ number }: Line, { detail }: Problem): void {
    if (this.#foreign.length < MOST_FAULTS) this.#foreign.push({ pointer: `/${number}`, detail });
  }

  #addBad(line: Line, lineProblem: Problem): void {
    const seq = seqIn(line);
    if (seq !== null) this.#seqs.push(seq);
    this.#bad.push({ line: line.number, seq, problem: lineProblem, bytes: line.bytes ?? Buffer.alloc(0) });
  }
}

/** The second pass, where the first could not keep the events. */
export async function* eventsIn(body: AsyncIterable<Buffer>, context: ChunkContext): AsyncGenerator<ChunkEvent> {
  for await (const { line, result } of readLines(body, context)) {
    if (result.ok) yield { line: line.number, event: result.value };
  }
}

async function* readLines(body: AsyncIterable<Buffer>, context: ChunkContext) {
  const breathe = createBreather();
  for await (const lines of linesOf(body)) {
    for (const line of lines) {
      yield { line, result: readLine(line, context) };
      const wait = breathe();
      if (wait !== undefined) await wait;
    }
  }
}

function readLine({ bytes }: Line, context: ChunkContext): Result<KeyedEvent, Problem> {
  const value = bytes === null ? lineTooLong() : parseJson(bytes);
  if (!value.ok) return value;
  const given = (value.value ?? {}) as { vin?: unknown; vehicle_id?: unknown; trip_id?: unknown };
  if (typeof given.trip_id === 'string' && given.trip_id.toLowerCase() !== context.trip_id) {
    return bad(problem('invalid-chunk', `is of trip ${given.trip_id}`));
  }
  const claimed = given.vin ?? given.vehicle_id;
  if (typeof claimed === 'string' && context.admission.speaker.resolve(claimed) !== context.vehicle) {
    return bad(problem('invalid-chunk', `is of vehicle ${claimed}`));
  }
  const whole = isObject(value.value) ? { ...value.value, trip_id: context.trip_id } : value.value;
  return admit(whole, context.admission);
}

/** The seq that a bad line seems to have: named as rejected, it is not missing. */
function seqIn({ bytes }: Line): number | null {
  const value = bytes === null ? undefined : parseJson(bytes);
  const seq = value?.ok ? (value.value as { seq?: unknown } | null)?.seq : undefined;
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 1 ? seq : null;
}

async function* hashed(body: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const bytes of body) {
    hash.update(bytes);
    yield bytes;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
