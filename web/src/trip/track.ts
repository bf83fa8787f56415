/** A trip's track in pieces of one colour, for a map. Pure. */
import { type Columns, gapLimit } from './columns.ts';

/** A place on the track. */
export interface TrackPoint {
  readonly lat: number;
  readonly lon: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Of the signal that colours it, the newest not older than a gap. */
  readonly value: number | undefined;
}

/** Neighbouring points with one colour; `level` counts from 0, null where the value is unknown. */
export interface TrackPiece {
  readonly kind: 'track' | 'gap';
  readonly level: number | null;
  readonly coordinates: readonly (readonly [lon: number, lat: number])[];
}

/** From low to high: told apart by all kinds of colour vision, on light maps and dark ones (after "plasma"). */
export const LEVEL_COLOURS = ['#3b2fd0', '#7b1fc9', '#b1209a', '#d8446f', '#ec6b4a', '#f79a2e', '#f5d020'] as const;

export function pointsOf({ times, values }: Columns, signal: string): TrackPoint[] {
  const { lat = [], lon = [] } = values;
  const limit = gapLimit(times);
  const points: TrackPoint[] = [];
  let value: number | undefined;
  let valueTime = 0;
  for (const [index, time] of times.entries()) {
    const newer = values[signal]?.[index];
    if (newer !== undefined) {
      value = newer;
      valueTime = time;
    }
    const [y, x] = [lat[index], lon[index]];
    if (y !== undefined && x !== undefined) {
      points.push({ lat: y, lon: x, time, value: time - valueTime <= limit ? value : undefined });
    }
  }
  return points;
}

/** The least and the greatest value of the points. */
export function extentOf(points: readonly TrackPoint[]): readonly [low: number, high: number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { value } of points) {
    if (value === undefined) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : undefined;
}

/** Cuts the track where its colour changes, and where nothing is known of the way between. */
export function piecesOf(points: readonly TrackPoint[]): TrackPiece[] {
  const extent = extentOf(points);
  const limit = gapLimit(points.map(({ time }) => time));
  const pieces: { kind: 'track' | 'gap'; level: number | null; coordinates: (readonly [number, number])[] }[] = [];
  for (const [index, to] of points.entries()) {
    const from = points[index - 1];
    if (from === undefined) continue;
    const kind = to.time - from.time > limit ? 'gap' : 'track';
    const level = kind === 'gap' ? null : levelOf(to.value, extent);
    const last = pieces.at(-1);
    if (last !== undefined && last.kind === kind && last.level === level && kind === 'track') {
      last.coordinates.push([to.lon, to.lat]);
    } else {
      pieces.push({
        kind,
        level,
        coordinates: [
          [from.lon, from.lat],
          [to.lon, to.lat],
        ],
      });
    }
  }
  return pieces;
}

function levelOf(value: number | undefined, extent: readonly [number, number] | undefined): number | null {
  if (value === undefined || extent === undefined) return null;
  const [low, high] = extent;
  const share = high === low ? 0 : (value - low) / (high - low);
  return Math.min(LEVEL_COLOURS.length - 1, Math.floor(share * LEVEL_COLOURS.length));
}

/** The point nearest to a place, as the crow flies. */
export function nearestPoint(points: readonly TrackPoint[], lat: number, lon: number): TrackPoint | undefined {
  const shrink = Math.cos((lat * Math.PI) / 180);
  let nearest: TrackPoint | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const point of points) {
    const distance = (point.lat - lat) ** 2 + ((point.lon - lon) * shrink) ** 2;
    if (distance < least) {
      least = distance;
      nearest = point;
    }
  }
  return nearest;
}
