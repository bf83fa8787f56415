/**
 * What is known of a container without reading its events: where they lie, how many they are, and a digest of all they
 * say. Trips are worked out from that, and totals belong to digests: so whoever worked them out, and when, can't matter.
 */
import type { EventRow } from '../../ports.ts';
import type { Span } from '../../trips/span.ts';
import { addRow, startTotals, type TripTotals } from '../../trips/totals.ts';
import { RowDigest } from './row-digest.ts';

/** A run of loose events without a gap above the idle timeout, or all events of a device's trip. */
export interface Segment extends Span {
  readonly count: number;
  readonly digest: string;
}

/** A container under the name that its vehicle had when the events came. */
export interface Container {
  readonly vehicle: string;
  readonly container: string;
  readonly segments: readonly Segment[];
}

/** A segment with the place it has. */
export interface PlacedSegment extends Segment {
  readonly vehicle: string;
  readonly container: string;
  /** Null for loose events. */
  readonly trip: string | null;
}

/** Takes the events of a container in order and makes segments of them, with the totals of each. */
export class SegmentFold {
  readonly #idleMs: number;
  #made: readonly { readonly segment: Segment; readonly totals: TripTotals }[] = [];
  #digest = new RowDigest();
  #totals = startTotals();

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** The time of the last event; minus infinity while there is none. */
  get last_ts(): number {
    const { event_count, last_ts } = this.#totals;
    return event_count > 0 ? last_ts : (this.#made.at(-1)?.segment.to ?? Number.NEGATIVE_INFINITY);
  }

  add(row: EventRow): void {
    const { event_count, last_ts } = this.#totals;
    if (row.trip === null && event_count > 0 && row.ts - last_ts > this.#idleMs) this.#seal();
    addRow(this.#totals, row);
    this.#digest.add(row);
  }

  /** Another one that goes on from here. */
  copy(): SegmentFold {
    const copy = new SegmentFold(this.#idleMs);
    copy.#made = this.#made;
    copy.#digest = this.#digest.copy();
    copy.#totals = structuredClone(this.#totals);
    return copy;
  }

  end(): readonly { readonly segment: Segment; readonly totals: TripTotals }[] {
    if (this.#totals.event_count > 0) this.#seal();
    return this.#made;
  }

  #seal(): void {
    const { first_ts: from, last_ts: to, event_count: count } = this.#totals;
    const digest = this.#digest.end();
    this.#made = [...this.#made, { segment: { from, to, count, digest }, totals: this.#totals }];
    this.#digest = new RowDigest();
    this.#totals = startTotals();
  }
}
