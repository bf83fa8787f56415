/**
 * An event as a point: measurement `telemetry`; tags `vin` (the vehicle) and `trip_id` (its container); a float field for
 * each signal; `seq`, `source` and `dtcs` (JSON) fields. The time is `ts` and, below the millisecond, the last six digits of
 * `seq`: of two events of a trip with one time neither takes the other's place.
 */
import { dayOf } from '../../ingest/key-of.ts';
import { rememberedByNames } from '../../ingest/measured.ts';
import type { EventRow, KeyedEvent } from '../../ports.ts';
import { key, nanoseconds, quoted } from './line-protocol.ts';

/** Seqs that have places of their own within a millisecond. */
const PLACES = 1_000_000;

/** The tags of an event's container, as lines begin with them. */
export function containerTags(vehicle: string, container: string): string {
  return `vin=${key(vehicle)},trip_id=${key(container)}`;
}

/**
 * The event's line. Whole numbers are written as floats too: a field that is an integer in one shard and a float in
 * another is lost when both are read.
 */
export function eventLine({ vehicle, container, ts, seq, source, measured, dtcs }: KeyedEvent): string {
  let fields = `seq=${seq}i,source=${quoted(source)}`;
  if (dtcs !== undefined) fields += `,dtcs=${quoted(JSON.stringify(dtcs))}`;
  const beginnings = beginningsOf(measured.names);
  for (let index = 0; index < beginnings.length; index++) fields += `${beginnings[index]}${measured.numbers[index]}`;
  return `telemetry,${containerTags(vehicle, container)} ${fields} ${nanoseconds(ts, seq % PLACES)}`;
}

/** How the fields of signals begin. */
const beginningsOf = rememberedByNames((names) => names.map((name) => `,${key(name)}=`));

/** Days of loose events are told by their name; a device's trip is a UUID. */
export function tripOfContainer(container: string): string | null {
  return container.startsWith('day-') ? null : container;
}

/** The container that an event lies in. */
export function containerOf({ trip, ts }: Pick<EventRow, 'trip' | 'ts'>): string {
  return trip ?? dayOf(ts);
}
