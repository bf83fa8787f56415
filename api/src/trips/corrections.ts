/**
 * What people changed about their trips afterwards. A correction is a record over a stretch of time, applied when trips
 * are derived: so it holds for events that come later, and taking the record back undoes it.
 */
import type { Span } from './span.ts';
import { holds, type Part, type Place, type Trip } from './trip.ts';

/** One correction as it is kept. */
export type Correction = {
  readonly vehicle: string;
  /** When it was made, milliseconds since 1970; later ones count where two contradict each other. */
  readonly made_at: number;
  /** The stretch of time in which it may change trips. */
  readonly span: Span;
} & (NameCorrection | SplitCorrection | MergeCorrection | DeleteCorrection);

/** The trip that holds `anchor` has a name, a note, or both; an empty one takes away what there was. */
interface NameCorrection {
  readonly kind: 'name';
  readonly anchor: Place;
  readonly name?: string;
  readonly note?: string;
}

/** No trip holds events from before `at` and from `at` on. */
interface SplitCorrection {
  readonly kind: 'split';
  readonly at: number;
}

/** All trips that overlap `span` are one. */
interface MergeCorrection {
  readonly kind: 'merge';
}

/** The tombstone of a trip: events in `parts` are gone, and stay away when they are sent again. */
interface DeleteCorrection {
  readonly kind: 'delete';
  readonly trip_id: string;
  readonly parts: readonly Part[];
}

/** The corrections of one vehicle, in the form that trips are derived with. */
export interface Corrections {
  readonly walls: readonly number[];
  readonly merges: readonly Span[];
  readonly deleted: readonly Part[];
}

export const NO_CORRECTIONS: Corrections = { walls: [], merges: [], deleted: [] };

/** Puts corrections together: a later merge takes walls away, a later split parts an earlier merge. */
export function combineCorrections(corrections: readonly Correction[]): Corrections {
  return corrections.toSorted((a, b) => a.made_at - b.made_at).reduce(applied, NO_CORRECTIONS);
}

/** Whether an event was deleted, or would be if it came now. */
export function isDeleted(corrections: Corrections, place: Place): boolean {
  return holds(corrections.deleted, place);
}

/** The name and the note that somebody last gave to a trip, each by itself: two people may give one each. */
export function nameOf(trip: Trip, corrections: readonly Correction[]): { name: string; note: string } | undefined {
  const own = corrections
    .filter((correction) => correction.kind === 'name')
    .filter((correction) => holds(trip.parts, correction.anchor))
    .toSorted((a, b) => b.made_at - a.made_at);
  if (own.length === 0) return undefined;
  const newest = (what: 'name' | 'note') => own.find((correction) => correction[what] !== undefined)?.[what] ?? '';
  return { name: newest('name'), note: newest('note') };
}

function applied(all: Corrections, correction: Correction): Corrections {
  switch (correction.kind) {
    case 'split':
      return { ...all, walls: [...all.walls, correction.at], merges: parted(all.merges, correction.at) };
    case 'merge':
      return { ...all, walls: outside(all.walls, correction.span), merges: [...all.merges, correction.span] };
    case 'delete':
      return { ...all, deleted: [...all.deleted, ...correction.parts] };
    case 'name':
      return all;
  }
}

function outside(walls: readonly number[], span: Span): number[] {
  return walls.filter((wall) => wall <= span.from || wall > span.to);
}

function parted(merges: readonly Span[], wall: number): Span[] {
  return merges.flatMap((span) =>
    span.from < wall && wall <= span.to
      ? [
          { ...span, to: wall - 1 },
          { ...span, from: wall },
        ]
      : [span],
  );
}
