/**
 * The first pass over a chunk: every line is checked before any is stored. A line of another trip or vehicle spoils the
 * whole chunk, since something was mixed up; a line that is no event is named, and spoils nothing.
 */
import { createHash } from 'node:crypto';
import { bad, type Fault, ok, type Problem, problem, type Result } from '@fleet/contract';
import { type Admission, admit } from '../ingest/admit.ts';
import { createBreather } from '../ingest/breathe.ts';
import { parseLine } from '../ingest/decode.ts';
import type { KeyedEvent } from '../ingest/key-of.ts';
import { type Line, linesOf, NEWLINE } from '../ingest/lines.ts';
import { readLine } from '../ingest/read-event.ts';
import { ValidEvent } from '../ingest/valid-event.ts';
import type { SeqRange } from '../ports.ts';
import { Rejections } from './rejections.ts';
import { SeqCollector } from './seq-collector.ts';

/** What a chunk must be of. */
export interface ChunkContext {
  readonly trip_id: string;
  /** The vehicle's one name. */
  readonly vehicle: string;
  readonly admission: Admission;
}

/** What the first pass found. */
export interface ChunkContent {
  /** SHA-256 of the unpacked bytes, the last line with its newline, hexadecimal. */
  readonly lines_sha256: string;
  /** Lines, empty ones not counted. */
  readonly line_count: number;
  /** Lines without a seq. */
  readonly unnumbered_count: number;
  readonly seqs: readonly SeqRange[];
  readonly rejections: Rejections;
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
/** Characters of a name that are quoted: nobody checked it yet. */
const MOST_QUOTED = 72;
/** Lines that are no events, whenever they were sent: with more, the chunk as a whole is something else. */
const MOST_GARBAGE = 10_000;
/** Gaps among the seqs of a chunk. */
const MOST_GAPS = 50_000;

/** Checks all lines. The error is `invalid-chunk`: lines of another trip or vehicle, or none at all. */
export async function checkChunk(
  body: AsyncIterable<Buffer>,
  context: ChunkContext,
): Promise<Result<ChunkContent, Problem>> {
  const hash = createHash('sha256');
  const findings = new Findings();
  for await (const { line, result } of readLines(hashed(body, hash), context)) {
    findings.add(line, result);
    const excess = findings.excess();
    if (excess !== undefined) return spoiled(excess);
  }
  return findings.conclude(() => hash.digest('hex'));
}

/** What was found in the lines so far. */
class Findings {
  readonly #seqs = new SeqCollector();
  readonly #rejections = new Rejections();
  readonly #foreign: Fault[] = [];
  #events: ChunkEvent[] | null = [];
  #count = 0;
  #unnumbered = 0;
  #garbage = 0;

  /** What there is too much of to go on: neither work nor a receipt may grow without bound. */
  excess(): string | undefined {
    if (this.#garbage > MOST_GARBAGE) return `has more than ${MOST_GARBAGE} lines that are no events`;
    if (this.#seqs.size > MOST_GAPS) return `has more than ${MOST_GAPS} gaps among its seqs: send smaller ones`;
    return undefined;
  }

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
    if (this.#count === 0) return spoiled('holds no line');
    return ok({
      lines_sha256: digest(),
      line_count: this.#count,
      unnumbered_count: this.#unnumbered,
      seqs: this.#seqs.ranges,
      rejections: this.#rejections,
      events: this.#events,
    });
  }

  #addEvent({ number: line }: Line, event: KeyedEvent): void {
    this.#addSeq(event.seq === event.ts ? null : event.seq);
    if (this.#events !== null && this.#events.length >= MOST_KEPT) this.#events = null;
    this.#events?.push({ line, event });
  }

  #addForeign({ number }: Line, { detail }: Problem): void {
    if (this.#foreign.length < MOST_FAULTS) this.#foreign.push({ pointer: `/${number}`, detail });
  }

  #addBad(line: Line, lineProblem: Problem): void {
    const seq = lineProblem.slug === 'malformed-body' ? null : seqIn(line);
    this.#addSeq(seq);
    if (lineProblem.slug === 'malformed-body' || lineProblem.slug === 'invalid-event') this.#garbage++;
    this.#rejections.add(line.number, seq, lineProblem);
  }

  #addSeq(seq: number | null): void {
    if (seq === null) this.#unnumbered++;
    else this.#seqs.add(seq);
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
      yield { line, result: eventOf(line, context) };
      const wait = breathe();
      if (wait !== undefined) await wait;
    }
  }
}

function eventOf(line: Line, context: ChunkContext): Result<KeyedEvent, Problem> {
  const value = readLine(line);
  if (!value.ok) return value;
  const { claimed, trip_id } = placeOf(value.value);
  if (typeof trip_id === 'string' && trip_id.toLowerCase() !== context.trip_id) return foreign(`trip ${trip_id}`);
  if (typeof claimed === 'string' && context.admission.speaker.resolve(claimed) !== context.vehicle) {
    return foreign(`vehicle ${claimed}`);
  }
  return admit(withTrip(value.value, context.trip_id), context.admission);
}

/** Whose a line says it is: nothing of it was checked yet, unless it was read as an event. */
function placeOf(value: unknown): { readonly claimed: unknown; readonly trip_id: unknown } {
  if (value instanceof ValidEvent) return value;
  const { vin, vehicle_id, trip_id } = (value ?? {}) as { vin?: unknown; vehicle_id?: unknown; trip_id?: unknown };
  return { claimed: vin ?? vehicle_id, trip_id };
}

function withTrip(value: unknown, trip_id: string): unknown {
  if (value instanceof ValidEvent) return value.trip_id === undefined ? new ValidEvent({ ...value, trip_id }) : value;
  return isObject(value) ? { trip_id, ...value } : value;
}

function foreign(whose: string): Result<never, Problem> {
  return bad(problem('invalid-chunk', `is of ${whose.slice(0, MOST_QUOTED)}`));
}

/** The seq that a bad line seems to have: named as rejected, it is not missing. */
function seqIn({ bytes }: Line): number | null {
  const value = parseLine(bytes);
  const seq = value.ok ? (value.value as { seq?: unknown } | null)?.seq : undefined;
  return typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 1 ? seq : null;
}

/** The last line counts the same with and without its newline. */
async function* hashed(body: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  let last: number | undefined;
  for await (const bytes of body) {
    hash.update(bytes);
    last = bytes.at(-1) ?? last;
    yield bytes;
  }
  if (last !== NEWLINE) hash.update('\n');
}

function spoiled(detail: string): Result<never, Problem> {
  return bad(problem('invalid-chunk', `the chunk ${detail}`, [{ pointer: '', detail }]));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
