/** Patience with a store that can't be used: nobody is told anything meanwhile, and nothing is forgotten. */
import { setTimeout as pause } from 'node:timers/promises';
import { ClockNotSetError, OverloadedError, StoreUnavailableError } from '../ports.ts';

const FIRST_WAIT_MS = 100;
const MOST_WAIT_MS = 1_000;
const PASSING = [StoreUnavailableError, OverloadedError, ClockNotSetError] as const;

/** Whether the same call may succeed later. */
export function isPassing(error: unknown): boolean {
  return PASSING.some((kind) => error instanceof kind);
}

/** Tries until the store can be used. Throws what will not pass, and the last failure when `isOver` says so. */
export async function untilStored<T>(work: () => Promise<T>, isOver: () => boolean): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, MOST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || isOver()) throw error;
    }
    // All that wait were refused at once: they need not come back at once.
    await pause(wait * (0.5 + Math.random()));
  }
}
