/** A recorded drive as if it were driven now, faster than it was. Pure. */
import type { Latest, TripEvent } from '../api/types.ts';

/** The demo's vehicle and its trip, in the files of `public/demo` and in addresses. */
export const DEMO = 'demo';

const TIMES_AS_FAST = 4;

/** So much of the drive is there at the start, milliseconds: something to see at once. */
const LEAD_MS = 60_000;

/** Answers, again and again, with what was measured since it was asked last; undefined when the drive is over. */
export type Replay = (now: number) => readonly Latest[] | undefined;

/** The replay of a drive that starts at `begun`, milliseconds since 1970. */
export function createReplay(events: readonly TripEvent[], begun: number): Replay {
  const first = Date.parse(events[0]?.ts ?? '');
  const timeOf = ({ ts }: TripEvent) => begun + (Date.parse(ts) - first - LEAD_MS) / TIMES_AS_FAST;
  let known: Latest = { vehicle: DEMO, name: null, trip_id: DEMO, ts: '', older: {} };
  let next = 0;
  return (now) => {
    if (next === events.length) return undefined;
    const due: Latest[] = [];
    for (let event = events[next]; event !== undefined && timeOf(event) <= now; event = events[++next]) {
      known = { ...known, ...event, ts: new Date(timeOf(event)).toISOString() };
      due.push(known);
    }
    return due;
  };
}
