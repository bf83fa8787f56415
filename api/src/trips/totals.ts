/**
 * What a trip's rows add up to: folded row by row in order of (ts, seq), kept as plain JSON, so that a row appended in
 * order costs one step and everything else is recomputed from the rows. Same rows, same totals, however they came.
 */
import type { SignalValues } from '@fleet/contract';
import { addToDistance, type DistanceTotals, type Fix, startDistance } from './distance.ts';
import { addToDriving, type DrivingTotals, startDriving } from './driving.ts';
import { type Leads, leadingValues, prefersFirst } from './leads.ts';
import type { Span } from './span.ts';

/** A stored event as it is read back. */
export interface EventRow {
  /** Milliseconds since 1970. */
  readonly ts: number;
  readonly seq: number;
  /** The device-made trip it lies in, null for a loose event. */
  readonly trip: string | null;
  /** The name of the key it came with. */
  readonly source: string;
  readonly values: SignalValues;
  /** Diagnostic trouble codes, where the event said any. */
  readonly dtcs?: readonly string[] | undefined;
}

/** The order in which rows count: by time, then seq; loose events before a trip's where both are equal. */
export function compareRows(a: EventRow, b: EventRow): number {
  return a.ts - b.ts || a.seq - b.seq || (a.trip === b.trip ? 0 : (a.trip ?? '') < (b.trip ?? '') ? -1 : 1);
}

/** A signal's newest value and when it was measured. */
export type Reading = readonly [ts: number, value: number];

export interface TripTotals {
  event_count: number;
  first_ts: number;
  last_ts: number;
  distance: DistanceTotals;
  /** Not in what was added up by an earlier version. */
  driving?: DrivingTotals;
  /** For each device's trip in it the events with a seq of their own, and the highest of these. */
  counted?: Record<string, readonly [count: number, last: number]>;
  max_speed_kph: number | null;
  first_fix: Fix | null;
  /** West, south, east, north in degrees, as in GeoJSON (RFC 7946 §5). */
  bbox: [number, number, number, number] | null;
  /** The longest time without an event. */
  longest_gap: Span | null;
  /** Which source counts for each signal. */
  leads: Leads;
  /** Events by source. */
  sources: Record<string, number>;
  /** The newest value of each signal; changed in place, as a trip has thousands. */
  latest: Record<string, [ts: number, value: number]>;
  /** The newest list of trouble codes. */
  dtcs: readonly string[] | null;
}

export function startTotals(): TripTotals {
  return {
    event_count: 0,
    first_ts: 0,
    last_ts: 0,
    distance: startDistance(),
    driving: startDriving(),
    counted: {},
    max_speed_kph: null,
    first_fix: null,
    bbox: null,
    longest_gap: null,
    leads: {},
    sources: {},
    latest: {},
    dtcs: null,
  };
}

/** Adds a row; rows come in order of (ts, seq). */
export function addRow(totals: TripTotals, row: EventRow): void {
  addTime(totals, row.ts);
  const values = leadingValues(totals.leads, row);
  const { lat, lon, hdop } = values as Partial<SignalValues>;
  const kph = leadingSpeed(values, totals.leads, row.ts);
  addToDistance(totals.distance, { ts: row.ts, kph, lat, lon, hdop });
  if (totals.driving !== undefined) addToDriving(totals.driving, row.ts, values, kph);
  if (totals.counted !== undefined) addSeq(totals.counted, row);
  if (kph !== undefined) totals.max_speed_kph = Math.max(totals.max_speed_kph ?? 0, kph);
  if (lat !== undefined && lon !== undefined) addPlace(totals, row.ts, lat, lon);
  totals.sources[row.source] = 1 + (Object.hasOwn(totals.sources, row.source) ? (totals.sources[row.source] ?? 0) : 0);
  for (const name in row.values) noteLatest(totals.latest, name, row.ts, row.values[name] as number);
  if (row.dtcs !== undefined) totals.dtcs = row.dtcs;
}

function noteLatest(latest: TripTotals['latest'], name: string, ts: number, value: number): void {
  const reading = Object.hasOwn(latest, name) ? latest[name] : undefined;
  if (reading === undefined) latest[name] = [ts, value];
  else {
    reading[0] = ts;
    reading[1] = value;
  }
}

/** The speed of a row: the car's own, else the GPS's, km/h. */
export function speedOf(values: SignalValues): number | undefined {
  return values['speed_kph'] ?? values['gps_speed_kph'];
}

/** The car's speed before that of a GPS. */
const SPEEDS = ['speed_kph', 'gps_speed_kph'] as const;

/** The speed that counts at a time, if the row has it, km/h. */
function leadingSpeed(values: SignalValues, leads: Leads, ts: number): number | undefined {
  return values[prefersFirst(leads, SPEEDS, ts) ? SPEEDS[0] : SPEEDS[1]];
}

function addTime(totals: TripTotals, ts: number): void {
  if (totals.event_count === 0) totals.first_ts = ts;
  else if (ts - totals.last_ts > spanMs(totals.longest_gap)) totals.longest_gap = { from: totals.last_ts, to: ts };
  totals.last_ts = ts;
  totals.event_count += 1;
}

/** A seq that is the time is none of the device's own. */
function addSeq(counted: NonNullable<TripTotals['counted']>, { trip, seq, ts }: EventRow): void {
  if (trip === null || seq === ts) return;
  const [count, last] = (Object.hasOwn(counted, trip) ? counted[trip] : undefined) ?? [0, 0];
  counted[trip] = [count + 1, Math.max(last, seq)];
}

function addPlace(totals: TripTotals, ts: number, lat: number, lon: number): void {
  totals.first_fix ??= { ts, lat, lon };
  const { bbox } = totals;
  if (bbox === null) {
    totals.bbox = [lon, lat, lon, lat];
    return;
  }
  if (lon < bbox[0]) bbox[0] = lon;
  if (lat < bbox[1]) bbox[1] = lat;
  if (lon > bbox[2]) bbox[2] = lon;
  if (lat > bbox[3]) bbox[3] = lat;
}

function spanMs(span: Span | null): number {
  return span === null ? 0 : span.to - span.from;
}
