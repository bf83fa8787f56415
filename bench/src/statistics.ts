/** Numbers of many measurements as one, and in words. */

/** The middle one; the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Events per second, in thousands. */
export function rateInWords(perSecond: number): string {
  return `${(perSecond / 1_000).toFixed(1)} k/s`;
}

export function timesInWords(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

export function microsInWords(micros: number): string {
  return `${micros.toFixed(1)} µs`;
}

export function millisInWords(millis: number): string {
  return `${millis.toFixed(1)} ms`;
}
