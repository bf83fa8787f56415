/** Events for tests, as they come out of the pipeline. */
import type { SignalValues } from '@fleet/contract';
import { dayOf, type KeyedEvent } from '../src/ingest/key-of.ts';
import { measuredOf } from '../src/ingest/measured.ts';
import type { LatestState } from '../src/ports.ts';

/** The time that tests count from. */
export const T0 = Date.UTC(2025, 10, 4, 12);

export const TRIP_A = 'aaaaaaaa-0000-4000-8000-000000000000';
export const TRIP_B = 'bbbbbbbb-0000-4000-8000-000000000000';

interface EventOptions {
  readonly vehicle?: string;
  readonly values?: SignalValues;
  readonly source?: string;
  readonly dtcs?: readonly string[];
}

/** A loose event, so many seconds after `T0`. */
export function loose(seconds: number, options: EventOptions = {}): KeyedEvent {
  const ts = T0 + seconds * 1_000;
  return { ...given(options), trip: null, container: dayOf(ts), seq: ts, ts };
}

/** An event of a device's trip. */
export function tripEvent(trip: string, seq: number, seconds: number, options: EventOptions = {}): KeyedEvent {
  return { ...given(options), trip, container: trip, seq, ts: T0 + seconds * 1_000 };
}

function given({ vehicle = 'golf', values = { speed_kph: 50 }, source = 'phone', dtcs }: EventOptions) {
  return { vehicle, measured: measuredOf(values), source, dtcs };
}

/** With its readings in the order of their signals' names, to be compared. */
export function bySignal(state: LatestState): LatestState {
  return { ...state, readings: state.readings.toSorted(([a], [b]) => (a < b ? -1 : 1)) };
}
