/** A small curve without axes. */

const WIDTH = 120;
const HEIGHT = 32;
/** Points further apart than this are not joined, milliseconds. */
const GAP_MS = 120_000;

export function SparkLine({ points }: { readonly points: readonly (readonly [time: number, value: number])[] }) {
  return (
    <svg className="spark-line" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={sparkPath(points)} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

function sparkPath(points: readonly (readonly [number, number])[]): string {
  if (points.length < 2) return '';
  const values = points.map(([, value]) => value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const begin = points[0]?.[0] ?? 0;
  const length = (points.at(-1)?.[0] ?? 0) - begin || 1;
  return points
    .map(([time, value], index) => {
      const isJoined = index > 0 && time - (points[index - 1]?.[0] ?? 0) <= GAP_MS;
      const x = ((time - begin) / length) * WIDTH;
      const y = HEIGHT - 2 - ((value - low) / span) * (HEIGHT - 4);
      return `${isJoined ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}
