/** Parts of a run side by side, each in a process of its own: what makes the load must not be one program on one core. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Part, PartOutcome } from './parts.ts';

/** So many parts at a time, unless somebody says otherwise. */
export const LANES = availableParallelism();

/** Compiled: this module may run from its source. */
const PROGRAM = new URL('../dist/lane.js', import.meta.url);

/** Lets `lanes` parts run at a time, in their order; tells of each when it is done. Rejects for none of them. */
export async function runInLanes(
  parts: readonly Part[],
  lanes: number,
  done: (part: Part, outcome: PartOutcome) => void,
): Promise<void> {
  const waiting = parts.values();
  const lane = async () => {
    for (const part of waiting) done(part, await runPart(part));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** A part that comes to nothing, whyever, is a fault. */
async function runPart(part: Part): Promise<PartOutcome> {
  const began = performance.now();
  const child = fork(PROGRAM, { serialization: 'advanced', execArgv: [] });
  let outcome: PartOutcome | undefined;
  child.on('message', (message) => {
    outcome = message as PartOutcome;
  });
  const closed = once(child, 'close').catch((error: Error) => [error.message]);
  child.send(part, () => {
    // Where it can't be told, it ends, or has ended.
  });
  const [code, signal] = await closed;
  const seconds = (performance.now() - began) / 1_000;
  if (outcome !== undefined) return { ...outcome, seconds };
  const faults = [`the part with seed ${part.seed} ended with ${signal ?? code}`];
  return { times: 0, acknowledged: 0, stored: 0, liveMs: null, faults, seconds };
}
