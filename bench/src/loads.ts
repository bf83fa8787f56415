/** The loads that benchmarks use. A letter sets the cars of each apart. */
import type { RunOptions } from './benchmark.ts';
import type { JsonLoad, Load } from './load-generator.ts';

type Extent = Pick<RunOptions, 'quick'>;

const CONNECTIONS = 64;

/** One event a request, of 200 cars in turn. */
export function singleEvents(letter: string, extent: Extent): JsonLoad {
  return { kind: 'json', letter, connections: CONNECTIONS, together: 1, ms: msOf(extent) };
}

/** A hundred events of one car a request. */
export function batchesOfEvents(letter: string, extent: Extent): JsonLoad {
  return { kind: 'json', letter, connections: 8, together: 100, ms: msOf(extent) };
}

/** All drives of one car a request, packed. */
export function wholeDrives(letter: string, { quick }: Extent): Load {
  return { kind: 'files', letter, connections: 2, files: quick ? 1 : 6 };
}

function msOf({ quick }: Extent): number {
  return quick ? 150 : 1_000;
}
