/** What the threads of the store tell each other. */
import type { WriteOutcome } from '../../ports.ts';
import type { NameRow } from './dictionary.ts';

/**
 * Events to be committed together. Everything about them is in one buffer, and containers go by numbers that are told
 * once: handing a group to another thread would otherwise cost as much as storing it.
 */
export interface EventGroup {
  /** How many events there are. */
  readonly count: number;
  /** `seq` and `ts` (Float64 each), then `container` and `end` (Uint32 each), `count` of each; then the records. */
  readonly packed: Uint8Array<ArrayBuffer>;
  /** Containers that have a number for the first time. */
  readonly fresh: readonly GroupContainer[];
  /** The number of the first of them; 0 where all numbers start anew. */
  readonly first_fresh: number;
}

/** Views of what is packed in a group. */
export interface EventColumns {
  readonly seq: Float64Array;
  readonly ts: Float64Array;
  /** For each event the number of its container. */
  readonly container: Uint32Array;
  /** For each event where its record ends in `records`. */
  readonly end: Uint32Array;
  readonly records: Uint8Array;
}

/** Lays out a buffer for a group. */
export function columnsOf(buffer: ArrayBuffer, count: number): EventColumns {
  return {
    seq: new Float64Array(buffer, 0, count),
    ts: new Float64Array(buffer, 8 * count, count),
    container: new Uint32Array(buffer, 16 * count, count),
    end: new Uint32Array(buffer, 20 * count, count),
    records: new Uint8Array(buffer, 24 * count),
  };
}

export interface GroupContainer {
  /** The vehicle's one name. */
  readonly vehicle: string;
  readonly name: string;
  /** The device's trip, null for a day of loose events. */
  readonly trip: string | null;
}

/** The outcomes, by their number in a group's report. */
export const OUTCOMES: readonly WriteOutcome[] = ['stored', 'duplicate', 'deleted', 'seq-conflict', 'refused'];

/** What became of a group. */
export interface GroupReport {
  /** For each event the index in `OUTCOMES`, and behind them (Uint16) the index in `trips` of a loose event's trip. */
  readonly packed: Uint16Array<ArrayBuffer>;
  readonly trips: readonly string[];
  /** Signals for which a repeated event said something else than the stored one. */
  readonly differing: number;
}

/** A trip as the file has it. */
export interface TripRow {
  readonly trip_id: string;
  readonly from_ts: number;
  readonly to_ts: number;
  /** JSON of the trip's parts, totals and summary. */
  readonly parts: string;
  readonly totals: string;
  readonly summary: string;
}

/** What was worked out anew from events, to be written. */
export interface Derived {
  /** The one name of the vehicle. */
  readonly vehicle: string;
  /** Trips that are none any more where they were. One of that id may have come up elsewhere meanwhile. */
  readonly removed: readonly Pick<TripRow, 'trip_id' | 'from_ts'>[];
  readonly trips: readonly TripRow[];
  readonly rollups: readonly DerivedRollups[];
  readonly ordered: readonly { readonly container: number; readonly seq: number | null }[];
  /** What is no longer dirty, or only from a time on. */
  readonly settled: readonly Settled[];
}

/** The minutes of a container that were added up anew. */
export interface DerivedRollups {
  readonly container: number;
  readonly first_minute: number;
  readonly last_minute: number;
  /** Whether minutes may have come to be empty. */
  readonly replace: boolean;
  /** Rows of signal, then `MINUTE_COLUMNS`: minute, count, sum, min, max. */
  readonly rows: Float64Array<ArrayBuffer>;
}

export interface Settled {
  readonly vehicle_id: number;
  readonly container: number;
  /** Null where all of it is settled. */
  readonly remaining_from_ts: number | null;
}

/** How a row of `dirty` goes among those that are settled. */
export function keyOf({ vehicle_id, container }: Pick<Settled, 'vehicle_id' | 'container'>): string {
  return `${vehicle_id} ${container}`;
}

/** Steps of a signal's history. */
export interface HistoryRows {
  /** Rows of ts, count, sum, min, max. */
  readonly packed: Float64Array<ArrayBuffer>;
}

/** A page of a trip's events. */
export interface RowPage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whose events they are, in order: so many of that device's trip, or loose ones (null). */
  readonly owners: readonly { readonly count: number; readonly trip: string | null }[];
  /** Whether there are further pages. */
  readonly more: boolean;
  /** The largest number of a name that they may have. */
  readonly last_name: number;
}

export type { NameRow };
