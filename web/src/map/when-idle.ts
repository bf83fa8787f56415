/** What takes long waits until people see and touch what is there already. */

/** At the latest after this, milliseconds. */
const LATEST_MS = 1_000;

/** Does something once the browser is idle; the answer calls it off. */
export function whenIdle(work: () => void): () => void {
  // Safari has no such callback.
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(work);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(work, { timeout: LATEST_MS });
  return () => cancelIdleCallback(handle);
}
