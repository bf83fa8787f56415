/** What a trip is to those who derive, store or show it. */
import { contains, type Span } from './span.ts';

/** A stretch of one source's events: of a device-made trip, or of the loose ones (`trip` is null). */
export interface Part extends Span {
  readonly trip: string | null;
}

/** A trip: its id, the times of its first and last event, and where its events lie. */
export interface Trip extends Span {
  readonly id: string;
  readonly parts: readonly Part[];
}

/** Where an event lies: in a device-made trip, or among the loose ones (null), and when. */
export interface Place {
  readonly trip: string | null;
  readonly ts: number;
}

/** Whether a place is in one of the parts. */
export function holds(parts: readonly Part[], { trip, ts }: Place): boolean {
  return parts.some((part) => part.trip === trip && contains(part, ts));
}

/** The middle of the longest part: it stays within the trip when events are added or taken at either end. */
export function anchorOf({ parts, from }: Trip): Place {
  const [longest] = parts.toSorted((a, b) => b.to - b.from - (a.to - a.from));
  return longest === undefined
    ? { trip: null, ts: from }
    : { trip: longest.trip, ts: Math.floor((longest.from + longest.to) / 2) };
}
