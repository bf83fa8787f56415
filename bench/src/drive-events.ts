/** The recorded drives as a store takes them: over and over, at even steps of time. */
import { dayOf, type KeyedEvent } from '@fleet/api/ingest/key-of';
import { ENVELOPE_NAMES, type SignalValues } from '@fleet/contract';
import { readDrives } from '@fleet/testkit';

/** What the events have in common. */
export interface Journey {
  readonly vehicle: string;
  /** The device's trip, or null for loose events. */
  readonly trip: string | null;
  readonly firstTs: number;
  readonly stepMs: number;
}

const ALL_VALUES: readonly SignalValues[] = readDrives().flatMap(({ events }) =>
  events.map(
    (event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => !ENVELOPE_NAMES.includes(name))) as SignalValues,
  ),
);

/** Events number `from` to before `to` of a journey. */
export function driveEvents({ vehicle, trip, firstTs, stepMs }: Journey, from: number, to: number): KeyedEvent[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    const ts = firstTs + index * stepMs;
    const values = ALL_VALUES[index % ALL_VALUES.length] as SignalValues;
    const key = trip === null ? { container: dayOf(ts), seq: ts } : { container: trip, seq: index + 1 };
    return { vehicle, trip, ...key, ts, values, dtcs: undefined, source: 'bench' };
  });
}
