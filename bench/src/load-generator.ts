/** Asks the program that makes the load for bursts of it. */
import { Child } from './child.ts';

interface LoadBase {
  readonly connections: number;
  /** Sets the cars of this load apart from those of others. */
  readonly letter: string;
}

/** So many events of a car in each request, for so long. */
export interface JsonLoad extends LoadBase {
  readonly kind: 'json';
  readonly together: number;
  readonly ms: number;
  /** The server may go meanwhile: then the burst ends with what was answered. */
  readonly untilCut?: boolean;
}

/** So many files, each with all drives of a car. */
export interface FileLoad extends LoadBase {
  readonly kind: 'files';
  readonly files: number;
}

export type Load = JsonLoad | FileLoad;

/** A load, and where it goes. */
export interface Burst {
  readonly load: Load;
  readonly port: number;
  readonly key: string;
}

export interface BurstReport {
  readonly events: number;
  /** Requests that were not answered with 200. */
  readonly failures: number;
  readonly seconds: number;
  /** The share of the time for which the load itself computed: near 1, it measures itself. */
  readonly busy: number;
}

export type LoadGenerator = Child<Burst, BurstReport>;

export function startLoadGenerator(core: string | undefined): LoadGenerator {
  return Child.start('load', core);
}
