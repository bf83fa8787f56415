/** What is known of the vehicles on the live page, and the last minutes of each. Pure. */
import type { HistoryPoint, Latest, Position } from '../api/types.ts';

/** A vehicle is online while its last event is younger than this, milliseconds. */
export const ONLINE_MS = 60_000;

const MINUTE_MS = 60_000;

/** How much of the past the small curves show. */
export const PAST_MS = 30 * 60_000;
/** How much of what came is kept, for curves and the tail on the map. */
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 1_200;

export interface Sample {
  readonly time: number;
  readonly latest: Latest;
}

export interface LiveVehicle {
  readonly latest: Latest;
  readonly time: number;
  readonly samples: readonly Sample[];
}

export type LiveState = ReadonlyMap<string, LiveVehicle>;

/** Takes what came; what is older than what is known changes nothing. */
export function withLatest(state: LiveState, latest: Latest): LiveState {
  const time = Date.parse(latest.ts);
  const before = state.get(latest.vehicle);
  const earlier = before?.samples ?? [];
  const isNewer = before === undefined || time > before.time;
  const kept = earlier.filter((sample) => sample.time > time - KEPT_MS).slice(-MOST_KEPT);
  const samples = isNewer ? [...kept, { time, latest }] : earlier;
  return new Map(state).set(latest.vehicle, { latest, time, samples });
}

/** A signal's value now, however old; undefined where there never was one. */
export function readingOf(latest: Latest, signal: string): number | undefined {
  const value = latest[signal];
  return typeof value === 'number' ? value : undefined;
}

export interface Fix extends Position {
  /** When it was measured, milliseconds since 1970. */
  readonly time: number;
  /** Degrees clockwise from north; undefined while standing or unknown. */
  readonly heading: number | undefined;
}

/** Where a vehicle is. */
export function fixOf(latest: Latest): Fix | undefined {
  const lat = readingOf(latest, 'lat');
  const lon = readingOf(latest, 'lon');
  if (lat === undefined || lon === undefined) return undefined;
  return { lat, lon, time: Date.parse(latest.older['lat'] ?? latest.ts), heading: readingOf(latest, 'heading_deg') };
}

/** A value and when it was measured, milliseconds since 1970. */
export type CurvePoint = readonly [time: number, value: number];

/** The values of a signal that were measured anew, after what the server knows of the minutes before. */
export function curveOf(samples: readonly Sample[], signal: string, past: readonly HistoryPoint[] = []): CurvePoint[] {
  const seen = samples.flatMap(({ time, latest }): CurvePoint[] => {
    const value = readingOf(latest, signal);
    return value === undefined || latest.older[signal] !== undefined ? [] : [[time, value]];
  });
  const begin = (samples.at(-1)?.time ?? 0) - PAST_MS;
  const end = seen[0]?.[0] ?? Number.POSITIVE_INFINITY;
  const minutes = past.map(({ ts, mean }): CurvePoint => [Date.parse(ts) + MINUTE_MS / 2, mean]);
  return [...minutes.filter(([time]) => time >= begin && time < end), ...seen];
}
