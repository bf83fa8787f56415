/** Long work in slices, so that the event loop is never held for long. */

import { performance } from 'node:perf_hooks';

/** Longest stretch of work between two breaths, milliseconds. */
const SLICE_MS = 10;

/** Call it now and then within a long loop: it lets others have their turn when it is time. */
export function createBreather(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < SLICE_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        began = performance.now();
        resolve();
      });
    });
  };
}
