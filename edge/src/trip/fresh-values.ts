/** Values as they are measured: each is given out once, and remembered for a while for whoever has to decide by it. */
import type { SignalName, SignalValues } from '@fleet/contract';

/** What was measured together: no signal twice. */
export interface Batch {
  /** When the first of it was, by the monotonic clock. */
  readonly atMs: number;
  readonly values: SignalValues;
}

export class FreshValues {
  readonly #monoMs: () => number;
  readonly #last = new Map<SignalName, { readonly value: number; readonly atMs: number }>();
  #batches: { readonly atMs: number; readonly values: Record<string, number> }[] = [];

  constructor(monoMs: () => number) {
    this.#monoMs = monoMs;
  }

  /** A signal that comes again before anybody took it begins a new batch: none is lost when whoever takes them is late. */
  note(signal: SignalName, value: number): void {
    const atMs = this.#monoMs();
    const last = this.#batches.at(-1);
    if (last === undefined || signal in last.values) this.#batches.push({ atMs, values: { [signal]: value } });
    else last.values[signal] = value;
    this.#last.set(signal, { value, atMs });
  }

  /** What was measured since it was last asked. */
  take(): readonly Batch[] {
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }

  /** The last value, if it is not older than so many milliseconds. */
  recent(signal: SignalName, withinMs: number): number | undefined {
    const last = this.#last.get(signal);
    return last !== undefined && this.#monoMs() - last.atMs <= withinMs ? last.value : undefined;
  }
}

/** One list of two that were measured side by side: their newest belong together. */
export function besides(first: readonly Batch[], second: readonly Batch[]): Batch[] {
  const count = Math.max(first.length, second.length);
  return Array.from({ length: count }, (_, index) => {
    const [a, b] = [first[index - count + first.length], second[index - count + second.length]];
    return { atMs: Math.max(a?.atMs ?? 0, b?.atMs ?? 0), values: { ...b?.values, ...a?.values } };
  });
}
