/** What a scenario of the fault bench is: one fault, again and again, and what the oracle says afterwards. */
import { hasProgram, type Random } from '@fleet/testkit';

export interface RunOptions {
  /** How often the fault happens: processes killed, tails torn, links cut. */
  readonly times: number;
  readonly random: Random;
  /** Hears how far it is. */
  readonly progress: (line: string) => void;
}

/** What became of it. */
export interface Outcome {
  /** How often the fault happened. */
  readonly times: number;
  /** Events that were acknowledged. */
  readonly acknowledged: number;
  /** Events that were found afterwards. */
  readonly stored: number;
  /** The longest time from ready to a new event acknowledged, milliseconds; null where nothing was started. */
  readonly liveMs: number | null;
  /** What contradicts the promise, in words. */
  readonly faults: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  /** Of so many kills that were asked for, this is how often this fault happens. */
  readonly share: number;
  /** At most so often on one store: what goes beyond happens on others, side by side. */
  readonly inOneWorld: number;
  /** Why it can't be run here, in words; undefined where it can. */
  missing?(): string | undefined;
  run(options: RunOptions): Promise<Outcome>;
}

/** For `missing`: what is not on the PATH of these programs. */
export function needs(...programs: readonly string[]): () => string | undefined {
  return () => {
    const missing = programs.filter((name) => !hasProgram(name));
    return missing.length === 0 ? undefined : `not on the PATH: ${missing.join(', ')}`;
  };
}
