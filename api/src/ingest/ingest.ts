/** The use case of live ingestion: events come one by one or many at a time, and an answer leaves when they are durable. */
import { bad, type Fault, ok, type Problem, type ProblemSlug, problem, type Result } from '@fleet/contract';
import type { EventStore, WriteResult } from '../ports.ts';
import { type Admission, admit } from './admit.ts';
import { createBreather } from './breathe.ts';
import type { KeyedEvent } from './key-of.ts';

/** Where an event went. */
export interface Stored {
  readonly trip_id: string;
  readonly seq: number;
}

/** What became of many events. */
export interface BatchReport {
  readonly accepted: number;
  /** The first `MOST_LISTED` that were not taken, in order. */
  readonly rejected: readonly Rejected[];
  readonly rejected_count: number;
  /** The trips that hold the accepted events now, with how many of these each. */
  readonly trips: readonly { readonly vehicle: string; readonly trip_id: string; readonly event_count: number }[];
}

/** An event that was not taken. */
export interface Rejected {
  /** 0 for the first. */
  readonly index: number;
  readonly slug: ProblemSlug;
  readonly errors: readonly Fault[];
}

/** Rejected events that are listed; further ones are counted. */
export const MOST_LISTED = 1_000;

/** Faults that are listed in all; beyond that an event is listed with its first one only. */
const MOST_FAULTS = 5_000;

/** Events that are handed to the store at once. */
const WRITTEN_AT_ONCE = 1_000;

/** A candidate for an event with its place among the others: a JSON value, or why it could not be read. */
export type Candidate = readonly [index: number, value: Result<unknown, Problem>];

/** Takes one event. */
export async function ingestOne(
  store: EventStore,
  input: unknown,
  admission: Admission,
): Promise<Result<Stored, Problem>> {
  const event = admit(input, admission);
  if (!event.ok) return event;
  const [result] = await store.write([event.value]);
  return storedOf(event.value, result);
}

/** Where an event went, by what the store says of it. */
export function storedOf(event: KeyedEvent, result: WriteResult | undefined): Result<Stored, Problem> {
  const refusal = result === undefined ? seqConflict(event) : refusalOf(event, result);
  return refusal === undefined ? ok({ trip_id: result?.trip_id ?? '', seq: event.seq }) : bad(refusal);
}

/** Takes many events: what is valid is stored, what is not is named. `way` is that of each of them. */
export async function ingestMany(
  store: EventStore,
  candidates: AsyncIterable<Iterable<Candidate>>,
  admission: Admission,
  way: typeof admit = admit,
): Promise<BatchReport> {
  const writer = new BatchWriter(store, admission, way);
  const breathe = createBreather();
  for await (const group of candidates) {
    for (const candidate of group) {
      const wait = writer.take(candidate) ?? breathe();
      // Awaiting nothing would cost a turn for each event.
      if (wait !== undefined) await wait;
    }
  }
  return writer.finish();
}

/** The problem of an event that the store did not take; undefined where it did. */
export function refusalOf(event: KeyedEvent, { outcome, reason = '' }: WriteResult): Problem | undefined {
  if (outcome === 'seq-conflict') return seqConflict(event);
  if (outcome !== 'refused') return undefined;
  return problem('invalid-event', reason, [{ pointer: '', detail: reason }]);
}

/** The problem of an event whose seq is taken by one with another time. */
function seqConflict({ seq, container }: KeyedEvent): Problem {
  const detail = `seq ${seq} of trip ${container} is taken by an event with another ts`;
  return problem('seq-conflict', detail, [{ pointer: '/seq', detail: 'is taken by an event with another ts' }]);
}

/** Hands events to the store in batches: one is committed while the next fills up. */
class BatchWriter {
  readonly #tally = new BatchTally();
  readonly #store: EventStore;
  readonly #admission: Admission;
  readonly #way: typeof admit;
  #events: KeyedEvent[] = [];
  #indices: number[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(store: EventStore, admission: Admission, way: typeof admit) {
    this.#store = store;
    this.#admission = admission;
    this.#way = way;
  }

  /** Takes a candidate in; a promise where there is something to wait for before the next. */
  take([index, value]: Candidate): Promise<void> | undefined {
    const event = value.ok ? this.#way(value.value, this.#admission) : value;
    if (!value.ok) this.#admission.onRefused(value.error.slug);
    if (!event.ok) {
      this.#tally.reject(index, event.error);
      return undefined;
    }
    this.#events.push(event.value);
    this.#indices.push(index);
    return this.#events.length < WRITTEN_AT_ONCE ? undefined : this.#flush();
  }

  async finish(): Promise<BatchReport> {
    await this.#flush();
    await this.#writing;
    return this.#tally.report();
  }

  async #flush(): Promise<void> {
    const [events, indices] = [this.#events, this.#indices];
    [this.#events, this.#indices] = [[], []];
    await this.#writing;
    this.#writing = this.#store.write(events).then((results) => this.#tally.add(events, indices, results));
    // A failure is thrown where it is waited for.
    this.#writing.catch(() => {});
  }
}

/** The accepted events of a trip. */
interface TripTally {
  readonly vehicle: string;
  readonly trip_id: string;
  event_count: number;
}

/** What became of events so far. */
class BatchTally {
  readonly #rejected: Rejected[] = [];
  readonly #trips = new Map<string, TripTally>();
  /** Most events are of the same trip as the one before. */
  #trip: TripTally | undefined;
  #faults = 0;
  #accepted = 0;
  #rejectedCount = 0;

  reject(index: number, { slug, detail, errors = [{ pointer: '', detail }] }: Problem): void {
    this.#rejectedCount++;
    if (this.#rejected.length >= MOST_LISTED) return;
    this.#faults += errors.length;
    this.#rejected.push({ index, slug, errors: this.#faults > MOST_FAULTS ? errors.slice(0, 1) : errors });
  }

  add(events: readonly KeyedEvent[], indices: readonly number[], results: readonly WriteResult[]): void {
    for (const [at, event] of events.entries()) {
      const result = results[at] as WriteResult;
      const refusal = refusalOf(event, result);
      if (refusal === undefined) this.#accept(event.vehicle, result.trip_id);
      else this.reject(indices[at] ?? 0, refusal);
    }
  }

  report(): BatchReport {
    return {
      accepted: this.#accepted,
      rejected: this.#rejected.toSorted((a, b) => a.index - b.index),
      rejected_count: this.#rejectedCount,
      trips: [...this.#trips.values()],
    };
  }

  #accept(vehicle: string, trip_id: string): void {
    this.#accepted++;
    if (this.#trip?.trip_id !== trip_id || this.#trip.vehicle !== vehicle) this.#trip = this.#tripOf(vehicle, trip_id);
    this.#trip.event_count++;
  }

  #tripOf(vehicle: string, trip_id: string): TripTally {
    const key = `${vehicle} ${trip_id}`;
    const trip = this.#trips.get(key) ?? { vehicle, trip_id, event_count: 0 };
    this.#trips.set(key, trip);
    return trip;
  }
}
