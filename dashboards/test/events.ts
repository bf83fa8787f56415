/** Events as the API's store takes them: the recorded drives, and cars that send only half of the signals. */
import { dayOf, type KeyedEvent } from '@fleet/api/ingest/key-of';
import { measuredOf } from '@fleet/api/ingest/measured';
import { ENVELOPE_NAMES, parseTimestamp, type SignalValues, type TelemetryEvent } from '@fleet/contract';
import { readDrives } from '@fleet/testkit';

/** The car of the recorded drives. */
export const CAR = 'nds-omaha-1';

/** A loose event. */
export function loose(vehicle: string, ts: number, values: SignalValues, dtcs?: readonly string[]): KeyedEvent {
  return {
    vehicle,
    trip: null,
    container: dayOf(ts),
    seq: ts,
    ts,
    measured: measuredOf(values),
    dtcs,
    source: 'dongle',
  };
}

/** An event of a trip whose device counts. */
export function counted(vehicle: string, trip: string, seq: number, ts: number, values: SignalValues): KeyedEvent {
  return { vehicle, trip, container: trip, seq, ts, measured: measuredOf(values), dtcs: undefined, source: 'phone' };
}

/** All recorded drives, as somebody may have sent them. */
export function recordedEvents(vehicle = CAR): KeyedEvent[] {
  return readDrives().flatMap(({ events }) => events.map((event) => loose(vehicle, timeOf(event), valuesOf(event))));
}

/** Events a second apart from a time on, each with what a function says of its second. */
export function drive(
  vehicle: string,
  from: number,
  seconds: number,
  valuesAt: (second: number) => SignalValues,
): KeyedEvent[] {
  return Array.from({ length: seconds }, (_, second) => loose(vehicle, from + second * 1_000, valuesAt(second)));
}

function timeOf({ ts }: TelemetryEvent): number {
  return parseTimestamp(ts) as number;
}

function valuesOf(event: TelemetryEvent): SignalValues {
  const entries = Object.entries(event).filter(([name]) => !ENVELOPE_NAMES.includes(name));
  return Object.fromEntries(entries) as SignalValues;
}
