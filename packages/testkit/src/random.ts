/** Randomness that a seed brings back. */

/** Numbers in [0, 1): the same for the same seed. @see mulberry32, Tommy Ettinger, public domain */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `min` to `max`, both included. */
export function integerBetween(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** A copy in another order. @see Fisher and Yates */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = integerBetween(random, 0, last);
    [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
  }
  return copy;
}

/** The items in pieces of `min` to `max`. */
export function cutAtRandom<T>(random: Random, items: readonly T[], min: number, max: number): T[][] {
  const pieces: T[][] = [];
  for (let start = 0; start < items.length; ) {
    const size = integerBetween(random, min, max);
    pieces.push(items.slice(start, start + size));
    start += size;
  }
  return pieces;
}
