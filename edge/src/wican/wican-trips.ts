/** Trips in what a WiCAN logged: cut where nothing was measured for a while. The same log gives the same trips each time. Pure. */
import { createHash } from 'node:crypto';
import { formatTimestamp, type SignalValues } from '@fleet/contract';
import { plausible } from '../trip/event-line.ts';
import type { LoggedSecond } from './wican-log.ts';

/** A trip of a log, its events in order. */
export interface LoggedTrip {
  readonly trip: { readonly trip_id: string; readonly started_at: string; readonly vin: null };
  readonly ended_at: string;
  readonly events: readonly {
    readonly trip_id: string;
    readonly seq: number;
    readonly ts_ms: number;
    readonly mono_ms: number;
    readonly values: SignalValues;
  }[];
}

/** Cuts a log; a gap longer than `idleMs` begins a new trip. */
export function tripsOf(log: string, seconds: readonly LoggedSecond[], idleMs: number): LoggedTrip[] {
  const measured = seconds.map(({ ts_ms, values }) => ({ ts_ms, values: plausible(values) }));
  const trips: LoggedSecond[][] = [];
  for (const second of measured.filter(({ values }) => Object.keys(values).length > 0)) {
    const last = trips.at(-1);
    if (last !== undefined && second.ts_ms - (last.at(-1)?.ts_ms ?? 0) <= idleMs) last.push(second);
    else trips.push([second]);
  }
  return trips.map((trip) => toTrip(log, trip));
}

function toTrip(log: string, seconds: readonly LoggedSecond[]): LoggedTrip {
  const [first, last] = [seconds[0] as LoggedSecond, seconds.at(-1) as LoggedSecond];
  const trip_id = idOf(`${log} ${first.ts_ms}`);
  return {
    trip: { trip_id, started_at: formatTimestamp(first.ts_ms), vin: null },
    ended_at: formatTimestamp(last.ts_ms),
    events: seconds.map(({ ts_ms, values }, index) => ({ trip_id, seq: index + 1, ts_ms, mono_ms: 0, values })),
  };
}

/** A UUID that follows from a text. @see RFC 9562 §5.8, version 8 */
function idOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
