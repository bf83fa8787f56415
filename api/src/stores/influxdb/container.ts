/**
 * What is known of a container without reading its events: where they lie, how many they are, and a digest of all they
 * say. Trips are worked out from that, and totals belong to digests: so whoever worked them out, and when, can't matter.
 */
import { createHash, type Hash } from 'node:crypto';
import type { EventRow } from '../../ports.ts';
import type { Span } from '../../trips/span.ts';
import { addRow, startTotals, type TripTotals } from '../../trips/totals.ts';

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
  #hash: Hash = createHash('sha1');
  /** What the hash has yet to take: to give it each row by itself costs as much as making its text. */
  #text = '';
  #totals = startTotals();

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  add(row: EventRow): void {
    const { event_count, last_ts } = this.#totals;
    if (row.trip === null && event_count > 0 && row.ts - last_ts > this.#idleMs) this.#seal();
    addRow(this.#totals, row);
    this.#text += JSON.stringify(row);
    if (this.#text.length > HASHED_AT_ONCE) this.#takeText();
  }

  /** Another one that goes on from here. */
  copy(): SegmentFold {
    this.#takeText();
    const copy = new SegmentFold(this.#idleMs);
    copy.#made = this.#made;
    copy.#hash = this.#hash.copy();
    copy.#totals = structuredClone(this.#totals);
    return copy;
  }

  end(): readonly { readonly segment: Segment; readonly totals: TripTotals }[] {
    if (this.#totals.event_count > 0) this.#seal();
    return this.#made;
  }

  #seal(): void {
    const { first_ts: from, last_ts: to, event_count: count } = this.#totals;
    this.#takeText();
    const digest = this.#hash.digest('base64url').slice(0, DIGEST_CHARACTERS);
    this.#made = [...this.#made, { segment: { from, to, count, digest }, totals: this.#totals }];
    this.#hash = createHash('sha1');
    this.#totals = startTotals();
  }

  #takeText(): void {
    this.#hash.update(this.#text);
    this.#text = '';
  }
}

/** Characters that are hashed together. */
const HASHED_AT_ONCE = 16_384;

/** 96 bits: no two of the events that a fleet has in a century meet. */
const DIGEST_CHARACTERS = 16;

/** A digest of several. */
export function digestOf(parts: unknown): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('base64url').slice(0, DIGEST_CHARACTERS);
}
