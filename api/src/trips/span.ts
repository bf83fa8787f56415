/** Stretches of time, both ends included, in milliseconds since 1970. The whole of trip derivation is made of them. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** All of time, as far as integers of JavaScript go. */
export const EVER: Span = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** Whether two spans share an instant. */
export function overlaps(a: Span, b: Span): boolean {
  return a.from <= b.to && b.from <= a.to;
}

/** Whether an instant lies in a span. */
export function contains(span: Span, ts: number): boolean {
  return span.from <= ts && ts <= span.to;
}

/** The span and so much on either side. */
export function widen(span: Span, by: number): Span {
  return { from: span.from - by, to: span.to + by };
}

/** The smallest span that holds both. */
export function hull(a: Span, b: Span): Span {
  return { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

/** What two spans share, if anything. */
export function intersection(a: Span, b: Span): Span | undefined {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from <= to ? { from, to } : undefined;
}

/** What is left of a span without the holes. The holes may overlap and come in any order; the pieces come in order. */
export function subtract(span: Span, holes: readonly Span[]): Span[] {
  const pieces: Span[] = [];
  let from = span.from;
  for (const hole of holes.toSorted(byStart)) {
    if (hole.to < from) continue;
    if (hole.from > span.to) break;
    if (hole.from > from) pieces.push({ from, to: hole.from - 1 });
    from = hole.to + 1;
  }
  if (from <= span.to) pieces.push({ from, to: span.to });
  return pieces;
}

/** The span cut before each wall that lies in it: no piece holds instants from both sides of a wall. */
export function cutAt(span: Span, walls: readonly number[]): Span[] {
  const pieces: Span[] = [];
  let from = span.from;
  for (const wall of walls.toSorted((a, b) => a - b)) {
    if (wall <= from || wall > span.to) continue;
    pieces.push({ from, to: wall - 1 });
    from = wall;
  }
  pieces.push({ from, to: span.to });
  return pieces;
}

/** Spans in order of their start, neighbours united where the gap between them is at most `gap`. */
export function united(spans: readonly Span[], gap: number): Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted(byStart)) {
    const last = result.at(-1);
    if (last !== undefined && span.from - last.to <= gap) result[result.length - 1] = hull(last, span);
    else result.push(span);
  }
  return result;
}

/** For sorting. */
export function byStart(a: Span, b: Span): number {
  return a.from - b.from || a.to - b.to;
}
