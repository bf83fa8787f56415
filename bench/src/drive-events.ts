/** The recorded drives as a store takes them: over and over, at even steps of time. */
import { dayOf, type KeyedEvent } from '@fleet/api/ingest/key-of';
import type { Measured } from '@fleet/api/ingest/measured';
import { readBody } from '@fleet/api/ingest/read-event';
import type { ValidEvent } from '@fleet/api/ingest/valid-event';
import type { TelemetryEvent } from '@fleet/contract';
import { readDrives } from '@fleet/testkit';

/** What the events have in common. */
export interface Journey {
  readonly vehicle: string;
  /** The device's trip, or null for loose events. */
  readonly trip: string | null;
  readonly firstTs: number;
  readonly stepMs: number;
}

const ALL_MEASURED: readonly Measured[] = readDrives().flatMap(({ events }) => events.map(measuredIn));

/** As the server reads it. */
function measuredIn(event: TelemetryEvent): Measured {
  const read = readBody(Buffer.from(JSON.stringify({ vehicle_id: 'golf', ...event })));
  if (!read.ok) throw new Error(read.error.detail);
  return (read.value as ValidEvent).measured;
}

/** Events number `from` to before `to` of a journey. */
export function driveEvents({ vehicle, trip, firstTs, stepMs }: Journey, from: number, to: number): KeyedEvent[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const index = from + offset;
    const ts = firstTs + index * stepMs;
    const measured = ALL_MEASURED[index % ALL_MEASURED.length] as Measured;
    const key = trip === null ? { container: dayOf(ts), seq: ts } : { container: trip, seq: index + 1 };
    return { vehicle, trip, ...key, ts, measured, dtcs: undefined, source: 'bench' };
  });
}
