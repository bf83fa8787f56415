/** Values as they are measured: each is given out once, and remembered for a while for whoever has to decide by it. */
import type { SignalName, SignalValues } from '@fleet/contract';

export class FreshValues {
  readonly #monoMs: () => number;
  readonly #last = new Map<SignalName, { readonly value: number; readonly atMs: number }>();
  #fresh: Record<string, number> = {};

  constructor(monoMs: () => number) {
    this.#monoMs = monoMs;
  }

  note(signal: SignalName, value: number): void {
    this.#fresh[signal] = value;
    this.#last.set(signal, { value, atMs: this.#monoMs() });
  }

  /** What was measured since it was last asked. */
  take(): SignalValues {
    const values = this.#fresh;
    this.#fresh = {};
    return values;
  }

  /** The last value, if it is not older than so many milliseconds. */
  recent(signal: SignalName, withinMs: number): number | undefined {
    const last = this.#last.get(signal);
    return last !== undefined && this.#monoMs() - last.atMs <= withinMs ? last.value : undefined;
  }
}
