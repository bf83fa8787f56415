/** A trip's track as a small drawing. Pure. */
import type { Position } from '../api/types.ts';
import { gapLimit } from '../trip/columns.ts';

export interface TrackPoint extends Position {
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Smaller gaps are not worth a break in so small a drawing. */
const SHORTEST_GAP_MS = 60_000;

/** The `d` of an SVG path in a square of this size with a margin, north up; '' where there is no track. */
export function trackPath(points: readonly TrackPoint[], size: number, margin = 6): string {
  if (points.length < 2) return '';
  const shrink = Math.cos(((points[0]?.lat ?? 0) * Math.PI) / 180);
  const flat = points.map(({ lat, lon, time }) => ({ x: lon * shrink, y: -lat, time }));
  const [left, right] = ends(flat.map(({ x }) => x));
  const [top, bottom] = ends(flat.map(({ y }) => y));
  const extent = Math.max(right - left, bottom - top);
  if (extent === 0) return '';
  const scale = (size - 2 * margin) / extent;
  const dx = (size - (right - left) * scale) / 2;
  const dy = (size - (bottom - top) * scale) / 2;
  const limit = Math.max(SHORTEST_GAP_MS, gapLimit(points.map(({ time }) => time)));
  return flat
    .map(({ x, y, time }, index) => {
      const isJoined = index > 0 && time - (flat[index - 1]?.time ?? 0) <= limit;
      return `${isJoined ? 'L' : 'M'}${((x - left) * scale + dx).toFixed(1)} ${((y - top) * scale + dy).toFixed(1)}`;
    })
    .join('');
}

function ends(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
