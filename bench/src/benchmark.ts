/** What a benchmark is, and what it finds. */
import type { Cores } from './cores.ts';

/** How a run was asked for. */
export interface RunOptions {
  /** Only to see that it works: seconds instead of minutes, and numbers that mean nothing. */
  readonly quick: boolean;
  /** Events in the file that histories are read from. */
  readonly rows: number;
  /** A folder on a real disk, for scratch folders. */
  readonly folder: string;
  readonly cores: Cores;
  /** Says what is going on. */
  readonly progress: (line: string) => void;
}

/** One line of the table. Numbers come in words, with their units. */
export interface Finding {
  readonly name: string;
  readonly measured: string;
  readonly baseline?: string;
  readonly ratio?: string;
  readonly target?: Target;
  /** What it was in an earlier run, and how much it has changed since. */
  readonly before?: string;
  readonly change?: string;
}

/** What was promised, and whether it holds. */
export interface Target {
  readonly words: string;
  readonly met: boolean;
}

export interface Benchmark {
  /** What it is called on the command line. */
  readonly name: string;
  readonly about: string;
  run(options: RunOptions): Promise<readonly Finding[]>;
}

/** A promise that a number is at least so much. */
export function atLeast(bound: number, value: number, unit = ''): Target {
  return { words: `≥ ${bound}${unit}`, met: value >= bound };
}

/** A promise that a number is at most so much. */
export function atMost(bound: number, value: number, unit = ''): Target {
  return { words: `≤ ${bound}${unit}`, met: value <= bound };
}
