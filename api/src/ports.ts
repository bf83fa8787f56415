/**
 * What the core asks of the world. Adapters (stores, clocks) implement these; only `main.ts` puts them together.
 * Failing infrastructure throws `StoreUnavailableError`; bad data is a value in the answer.
 */
import type { KeyedEvent } from './ingest/key-of.ts';
import type { Span } from './trips/span.ts';
import type { TripSummary } from './trips/summary.ts';
import type { EventRow } from './trips/totals.ts';
import type { Trip } from './trips/trip.ts';

export type { EventRow, KeyedEvent, Span, Trip, TripSummary };

/** Why the program can't start, in one line for whoever started it. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What is to stop does not: the process can only end. */
export class HangError extends Error {
  override readonly name = 'HangError';
}

/** The store can't keep or find anything at the moment: nothing was promised, the same call may succeed later. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** More waits to be stored than fits in memory: the same call may succeed later. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** The machine's clock was never set, so no time can be held against it: the same call may succeed later. */
export class ClockNotSetError extends Error {
  override readonly name = 'ClockNotSetError';
}

/** What became of one event. */
export type WriteOutcome =
  /** Durable, and new. */
  | 'stored'
  /** The same event was there already; signals that it lacked were added. Durable. */
  | 'duplicate'
  /** Its trip was deleted by a person; durable, in case that is undone, and hidden. The sender need not know. */
  | 'deleted'
  /** Its key is taken by an event with another time; not stored. */
  | 'seq-conflict'
  /** The store will never take it; not stored. */
  | 'refused';

/** Hears what a store does, for counting. */
export interface StoreObserver {
  /** So many events had an outcome. */
  outcomes(outcome: WriteOutcome, count: number): void;
  /** So many signals of repeated events said something else than what is stored. */
  differing(count: number): void;
  /** Events could not be stored. */
  failed(error: Error): void;
}

/** What became of one event, and the trip it is shown in. */
export interface WriteResult {
  readonly outcome: WriteOutcome;
  /** Why it was refused, in the store's words. */
  readonly reason?: string;
  /** The id of the trip that holds the event now; a deleted event's is the one it would have had. */
  readonly trip_id: string;
}

/** A vehicle that has trips. */
export interface VehicleActivity {
  readonly vehicle: string;
  /** The newest event's time, milliseconds since 1970. */
  readonly last_ts: number;
}

/** The newest of a signal. */
export type SignalReading = readonly [signal: string, ts: number, value: number];

/** The newest of everything that is known of a vehicle. */
export interface LatestState {
  readonly vehicle: string;
  readonly trip_id: string;
  readonly last_ts: number;
  /** No signal twice. A list: of tens of thousands an object would take several times as long to make and to send. */
  readonly readings: readonly SignalReading[];
  readonly dtcs: readonly string[] | null;
}

/** Which trips, newest start first. */
export interface TripQuery {
  /** One names of vehicles; undefined for all. */
  readonly vehicles: readonly string[] | undefined;
  /** Trips that overlap this span. */
  readonly span: Span;
  readonly limit: number;
  /** Where the page before ended. */
  readonly after: TripCursor | undefined;
}

/** A place in the order of trips: by start, then vehicle, then id, descending. */
export interface TripCursor {
  readonly from: number;
  readonly vehicle: string;
  readonly trip_id: string;
}

/** Trips in the order of `TripCursor`; `next` where there are more. */
export interface TripPage {
  readonly trips: readonly TripSummary[];
  readonly next: TripCursor | undefined;
}

/** What a trip id leads to. */
export type TripLookup =
  | { readonly kind: 'found'; readonly vehicle: string; readonly trip: Trip; readonly summary: TripSummary }
  /** The events are in a trip that has another id now. */
  | { readonly kind: 'moved'; readonly vehicle: string; readonly trip_id: string }
  /** Several vehicles have it. */
  | { readonly kind: 'ambiguous'; readonly vehicles: readonly string[] }
  | { readonly kind: 'none' };

/** Consecutive seqs, both included. */
export type SeqRange = readonly [first: number, last: number];

/** A stretch of a signal's history: what its values in one step of time add up to. */
export interface HistoryPoint {
  /** Start of the step, milliseconds since 1970. */
  readonly ts: number;
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** How much is stored. */
export interface StoreSize {
  /** Bytes on disk, or in memory where there is no disk. */
  readonly bytes: number;
  readonly events: number;
}

/** What a store may throw away, milliseconds since 1970. */
export interface Upkeep {
  /** Events before this are past retention. */
  readonly forgetBefore: number | undefined;
  /** Events of trips that were deleted before this can't be brought back any more. */
  readonly purgeDeletedBefore: number;
}

/**
 * Where events are kept. Obligations, held by the contract suite `describeEventStore`:
 * a resolved `write` is durable; the same key is stored once; every read sees every write that was resolved before it.
 * All methods throw `StoreUnavailableError` when the store can't be reached or can't commit.
 */
export interface EventStore {
  /** Stores events, in order; the answer has one result for each. Throws `OverloadedError` when too many wait. */
  write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]>;
  /** The newest event's time of all, as far as this process knows; undefined while there is none. */
  newest(): number | undefined;
  /** Every vehicle that has trips, by name. */
  vehicles(): Promise<readonly VehicleActivity[]>;
  /** A number for each vehicle that was written to: another one whenever its events or trips may have changed. */
  revisions(): Promise<ReadonlyMap<string, number>>;
  /** The newest of everything for each of these vehicles that has a trip. */
  latest(vehicles: readonly string[]): Promise<readonly LatestState[]>;
  trips(query: TripQuery): Promise<TripPage>;
  /** Looks among these vehicles, or all. */
  trip(tripId: string, vehicles: readonly string[] | undefined): Promise<TripLookup>;
  /** The events of a trip in order of (ts, seq), in pages. Holds nothing open between pages. */
  rows(vehicle: string, trip: Trip): AsyncIterable<readonly EventRow[]>;
  /** The seqs that are stored under a device's trip id, ascending; events without a seq of their own left out. */
  seqs(vehicle: string, tripId: string): Promise<readonly SeqRange[]>;
  /** One signal of a vehicle in steps of a whole number of minutes that hold any value. */
  history(vehicle: string, signal: string, span: Span, stepMs: number): Promise<readonly HistoryPoint[]>;
  size(): Promise<StoreSize>;
  /** Does a little housekeeping; true while there is more to do. */
  maintain(upkeep: Upkeep): Promise<boolean>;
  /** Commits nothing of worth, to see whether it can. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
