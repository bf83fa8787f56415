/** Third stage: whether the event's time can be true, and is not past what is kept. */
import { bad, formatTimestamp, ok, type Problem, problem, type Result } from '@fleet/contract';
import type { VehicleEvent } from './authorize-vehicle.ts';

declare const clockChecked: unique symbol;

/** An event whose time was found plausible. */
export type TimedEvent = VehicleEvent & { readonly [clockChecked]: true };

/** The times that are taken now, milliseconds since 1970, both included. */
export interface ClockWindow {
  /** The server's clock. */
  readonly now: number;
  /** Older is `clock-skew`; minus infinity for offline uploads, whose events may be of any age. */
  readonly earliest: number;
  /** Newer is `clock-skew`. */
  readonly latest: number;
  /** Older is `too-old`: retention would take it away at once. */
  readonly kept: number;
}

/** Refuses times that a wrong clock made, and those beyond retention. */
export function checkClock(event: VehicleEvent, window: ClockWindow): Result<TimedEvent, Problem> {
  const { ts } = event;
  if (ts > window.latest) return skewed(`is after ${formatTimestamp(window.latest)}, the latest that is taken now`);
  if (ts < window.earliest) {
    return skewed(
      `is before ${formatTimestamp(window.earliest)}, the earliest that is taken; upload old drives as trips`,
    );
  }
  if (ts < window.kept) {
    const detail = `is before ${formatTimestamp(window.kept)}, and older events are not kept (RETENTION)`;
    return bad(problem('too-old', `ts ${detail}`, [{ pointer: '/ts', detail }]));
  }
  return ok(event as TimedEvent);
}

function skewed(detail: string): Result<never, Problem> {
  return bad(problem('clock-skew', `ts ${detail}`, [{ pointer: '/ts', detail }]));
}
