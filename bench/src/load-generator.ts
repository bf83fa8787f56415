/** Asks the program that makes the load for bursts of it. */
import { Child } from './child.ts';

interface BurstBase {
  readonly port: number;
  readonly key: string;
  readonly connections: number;
  /** Sets the cars of this load apart from those of others. */
  readonly letter: string;
}

/** What is sent: so many events of a car in each request for so long, or so many files with a car's drives. */
export type Burst =
  | (BurstBase & { readonly kind: 'json'; readonly together: number; readonly ms: number })
  | (BurstBase & { readonly kind: 'files'; readonly files: number });

export interface BurstReport {
  readonly events: number;
  /** Requests that were not answered with 200. */
  readonly failures: number;
  readonly seconds: number;
  /** The share of the time for which the load itself computed: near 1, it measures itself. */
  readonly busy: number;
}

export type LoadGenerator = Child<Burst, BurstReport>;

export function startLoadGenerator(core: number | undefined): LoadGenerator {
  return Child.start('load', core);
}
