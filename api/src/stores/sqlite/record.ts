/**
 * An event as bytes: everything but its container, so that a page of events is one string of bytes.
 *
 *     record  := length source time seq field*          length counts what follows it
 *     seq     := 0 where it equals the time in ms, else the seq
 *     field   := key value
 *     key     := 0 trouble codes | 1 named value | 2n packed value | 2n+1 raw value      n: number of the signal's name
 *     value   := packed: zigzag of value × 10^decimals; raw: 8 bytes IEEE 754, big endian
 *     named   := length name raw                         for a name that has no number
 *     codes   := length text                             with commas between
 *
 * All lengths, keys, times and packed values are varints (LEB128, up to 2^53). A value is packed only where that gives
 * back exactly the same number; about 60 bytes hold an event of ten signals.
 *
 * @see docs/adr/0005-sqlite-holds-packed-records.md
 */
import type { Measured } from '../../ingest/measured.ts';
import type { EventRow } from '../../ports.ts';

/** A number for each name of a signal or a source, and the names back. */
export interface Names {
  /** The number of a name, undefined where it has none. */
  idOf(name: string): number | undefined;
  nameOf(id: number): string;
  /** 10^decimals for a signal's number. */
  scaleOf(id: number): number;
}

/** What a record holds of an event: all but the trip, which its container says. */
export type RecordContent = Omit<EventRow, 'trip' | 'values'> & { readonly measured: Measured };

/** Most bytes of a record: 64 trouble codes, 26 signals of the table and 32 custom ones by name are below it. */
export const MAX_RECORD_BYTES = 8_192;

/** Keys that are no signal's. */
export const TROUBLE_CODES = 0;
export const NAMED_VALUE = 1;
/** Times are counted from 2010, before which there are none. */
export const TIME_BASE = Date.UTC(2010);

/** Low bits of a varint, for which operations on integers do: those on fractions take ten times as long. */
export const LOW_BITS = 28;
/** What the bits above them count. */
export const HIGH_UNIT = 2 ** LOW_BITS;
