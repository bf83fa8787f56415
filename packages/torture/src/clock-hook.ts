/**
 * Loaded into the server before everything else (NODE_OPTIONS=--import): its clock is off by the milliseconds that stand
 * in the file CLOCK_FILE, from the moment that they stand there. The program itself knows nothing of this.
 */
import { readFileSync } from 'node:fs';

/** The file is read again after so long, milliseconds. */
const STALE_MS = 20;

const file = process.env['CLOCK_FILE'] ?? '';
const trueNow = Date.now;
let [shift, readAt] = [0, Number.NEGATIVE_INFINITY];

function now(): number {
  if (performance.now() - readAt > STALE_MS) {
    shift = Number(readFileSync(file, 'utf8'));
    readAt = performance.now();
  }
  return trueNow() + shift;
}

const TrueDate = Date;
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, values: []) => (values.length === 0 ? new target(now()) : new target(...values)),
});
TrueDate.now = now;
