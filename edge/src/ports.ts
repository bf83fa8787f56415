/** What the parts of the edge need of each other. Times are milliseconds; `mono` is the monotonic clock of this boot. */
import type { ManifestChunk, SignalValues } from '@fleet/contract';
import type { Batch } from './trip/fresh-values.ts';
import type { SeqRange } from './trip/seq-set.ts';
import type { TimeSource } from './trip/time.ts';

/** Something can't be done now; nothing is lost, and all of it is tried again. */
export class NotNowError extends Error {}

/** The two clocks of a machine. */
export interface Clock {
  /** Milliseconds since this boot: never set back, the same for every process. */
  monoMs(): number;
  /** What the system takes for UTC, milliseconds since 1970. May be wrong by decades. */
  systemMs(): number;
}

/** Writes a line for whoever runs the program. */
export interface Log {
  info(text: string): void;
  warn(text: string): void;
}

/** Where values of one instant come from: the car, or the receiver. */
export interface ValueSource {
  /** What was measured since it was last asked: each value is given out once. */
  take(): readonly Batch[];
}

/** An event as it is recorded; the trip gives it its seq. */
export interface RecordedEvent {
  readonly trip_id: string;
  readonly seq: number;
  readonly mono_ms: number;
  /** UTC as far as it is known now, milliseconds since 1970. */
  readonly ts_ms: number;
  readonly values: SignalValues;
  readonly dtcs?: readonly string[];
}

/** A trip as the outbox has it. */
export interface OutboxTrip {
  readonly trip_id: string;
  /** The vehicle that its events are sent for; null until the first of them is about to be sent. */
  readonly vehicle: string | null;
  /** The VIN that the car told. */
  readonly vin: string | null;
  readonly started_at: string;
  /** Null while it goes on. */
  readonly ended_at: string | null;
}

/** A part of a trip that is, or was, sent as a chunk. The digest is known when it was made once. */
export interface OutboxChunk {
  readonly no: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly digest: (Pick<ManifestChunk, 'sha256' | 'size_bytes'> & { readonly event_count: number }) | null;
}

/** Events as lines of NDJSON, ascending. */
export interface Lines {
  readonly seqs: readonly number[];
  readonly lines: readonly string[];
}

/** How chunks are cut: each of at most so many lines, with numbers after this one. */
export interface ChunkLimits {
  readonly most: number;
  readonly after: number;
}

/** What sending needs of the outbox. Marks hold at once, and are on disk with the next commit. */
export interface Shipping {
  /** Trips that the server has not confirmed as a whole, oldest first. */
  openTrips(): readonly OutboxTrip[];
  trip(tripId: string): OutboxTrip | undefined;
  /** The seq of its last committed event, 0 where there is none. */
  lastSeq(tripId: string): number;
  /** Seqs that were committed, and neither sent nor set aside. */
  unsent(tripId: string): readonly SeqRange[];
  /** Whether it can't be sent: nobody knows when it was, or it seems to be in the future. */
  isUndated(tripId: string): boolean;
  /** Committed events of a range, at most so many. */
  lines(tripId: string, range: SeqRange, most: number): Lines;
  chunks(tripId: string): readonly OutboxChunk[];
  /** Decides which chunks these ranges are sent as; on disk when it returns. */
  plan(tripId: string, ranges: readonly SeqRange[], limits: ChunkLimits): void;
  /** The seqs that are in no chunk yet, those set aside left out. */
  unplanned(tripId: string): readonly SeqRange[];
  noteDigest(tripId: string, chunk: OutboxChunk): void;
  forgetChunk(tripId: string, no: number): void;
  pinVehicle(tripId: string, vehicle: string): void;
  /** The key may not speak for its vehicle: if nothing of it was sent, it is decided anew whose it is. */
  unpinVehicle(tripId: string): void;
  markSent(tripId: string, ranges: readonly SeqRange[]): void;
  /** The server does not have these after all. */
  markUnsent(tripId: string, ranges: readonly SeqRange[]): void;
  setAside(tripId: string, seq: number, why: string): void;
  /** Gives events whose seqs are taken on the server a trip of their own. */
  moveToNewTrip(tripId: string, seqs: readonly number[]): void;
  /** The server has all of it: it is deleted. */
  complete(tripId: string): void;
  /** Resolves when something was committed. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Takes what is known about the time. */
export type TimeObserver = (source: TimeSource, utcMs: number) => void;
