/** Spans that are asked for by the stretches of time that they overlap, again and again. */
import { byStart, type Span } from './span.ts';

export class SpanIndex<T extends Span> {
  readonly #byStart: readonly T[];
  /** For each of these the latest end of it and all before it. */
  readonly #reach: readonly number[];

  constructor(spans: readonly T[]) {
    this.#byStart = spans.toSorted(byStart);
    let reach = Number.NEGATIVE_INFINITY;
    this.#reach = this.#byStart.map(({ to }) => {
      reach = Math.max(reach, to);
      return reach;
    });
  }

  /** Those that share an instant with a stretch, the last to begin first. */
  *overlapping({ from, to }: Span): Generator<T> {
    for (let at = this.#countStarting(to) - 1; at >= 0 && (this.#reach[at] as number) >= from; at--) {
      const span = this.#byStart[at] as T;
      if (span.to >= from) yield span;
    }
  }

  /** How many begin at an instant or before it. */
  #countStarting(ts: number): number {
    let [low, high] = [0, this.#byStart.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#byStart[middle] as T).from <= ts) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
