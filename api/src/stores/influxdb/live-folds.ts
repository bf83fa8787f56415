/**
 * Containers that only this process writes to, kept added up as their events become durable: what it has stored itself it
 * need not read back. Only a means to be quick. A container is followed from its very first event, or from where a reading
 * of it ended, and given up at the least doubt: an event that comes out of order, a body of which nobody knows whether it
 * was stored, another process's mark. Then it is read again as if nothing had been known.
 * @see docs/adr/0016-what-a-process-stored-it-need-not-read.md
 */
import { isSignalName, SIGNAL_NAMES } from '@fleet/contract';
import { rememberedByNames } from '../../ingest/measured.ts';
import type { EventRow, KeyedEvent } from '../../ports.ts';
import { SegmentFold } from './container.ts';

/** Containers that are followed: those that were written to last. Each needs some 10 kB. */
const MOST_FOLLOWED = 1_000;
/** Containers that are known to have been written to; with more, none is taken for new any more. */
const MOST_SEEN = 100_000;
/** Events that may come while a container is read. */
const MOST_MEANWHILE = 1_000;

/** Which container, by the names that its events have. */
export interface Place {
  readonly vehicle: string;
  readonly container: string;
}

/** What came out of a container's events. */
export type Made = ReturnType<SegmentFold['end']>;

/** A container that is followed. */
interface Followed {
  readonly fold: SegmentFold;
  /** What it came to, unless it has gone on since. */
  made: Made | undefined;
}

export interface LiveSurroundings {
  /** Whether nobody is known to have written to a container. */
  readonly isNew: (place: Place) => boolean;
  /** Hears of vehicles that custom signals are stored of: whoever reads them must ask for those. */
  readonly onCustom: (vehicle: string) => void;
}

export class LiveFolds {
  readonly #idleMs: number;
  readonly #surroundings: LiveSurroundings;
  readonly #folds = new Map<string, Followed>();
  /** Containers that are being read, and what became durable meanwhile. */
  readonly #readings = new Map<string, KeyedEvent[]>();
  /** Those that this process has written to. */
  readonly #seen = new Set<string>();

  constructor(idleMs: number, surroundings: LiveSurroundings) {
    this.#idleMs = idleMs;
    this.#surroundings = surroundings;
  }

  /** Takes in events that are durable now. */
  stored(events: readonly KeyedEvent[]): void {
    let last: KeyedEvent | undefined;
    let key = '';
    for (const event of events) {
      if (event.container !== last?.container || event.vehicle !== last.vehicle) key = this.#enter(event);
      last = event;
      this.#follow(key, event);
    }
  }

  /** Nobody knows which of these events are durable. */
  lost(events: readonly KeyedEvent[]): void {
    for (const event of events) {
      if (this.#seen.size < MOST_SEEN) this.#seen.add(keyOf(event));
      this.drop(event);
    }
  }

  /** Somebody else may have written to a container. */
  drop(place: Place): void {
    const key = keyOf(place);
    this.#folds.delete(key);
    this.#readings.delete(key);
  }

  /** What a container's events add up to by now, where that is known. */
  take(place: Place): Made | undefined {
    const followed = this.#folds.get(keyOf(place));
    if (followed !== undefined) followed.made ??= followed.fold.copy().end();
    return followed?.made;
  }

  /** A container is going to be read: `adopt` what came out, or `drop` it. */
  beginReading(place: Place): void {
    this.#readings.set(keyOf(place), []);
  }

  /** Goes on from what was read, unless what became durable meanwhile may be in it already. */
  adopt(place: Place, fold: SegmentFold): void {
    const key = keyOf(place);
    const meanwhile = this.#readings.get(key);
    this.#readings.delete(key);
    if (meanwhile === undefined) return;
    this.#keep(key, { fold, made: undefined });
    for (const event of meanwhile) this.#follow(key, event);
  }

  /** The key of the container of the next events; it is followed from here if it is new. */
  #enter(event: KeyedEvent): string {
    const key = keyOf(event);
    const followed = this.#folds.get(key);
    if (followed !== undefined) this.#keep(key, followed);
    if (!this.#seen.has(key) && this.#seen.size < MOST_SEEN) {
      this.#seen.add(key);
      // What is being read is not new, though nothing may be known of it yet.
      const isNew = !this.#readings.has(key) && this.#surroundings.isNew(event);
      if (isNew) this.#keep(key, { fold: new SegmentFold(this.#idleMs), made: undefined });
    }
    return key;
  }

  #follow(key: string, event: KeyedEvent): void {
    if (hasCustom(event.measured.names)) this.#surroundings.onCustom(event.vehicle);
    const followed = this.#folds.get(key);
    if (followed === undefined) this.#noteMeanwhile(key, event);
    else if (event.ts > followed.fold.last_ts) {
      followed.fold.add(rowOf(event));
      followed.made = undefined;
    } else this.#folds.delete(key);
  }

  #noteMeanwhile(key: string, event: KeyedEvent): void {
    const meanwhile = this.#readings.get(key);
    meanwhile?.push(event);
    if ((meanwhile?.length ?? 0) > MOST_MEANWHILE) this.#readings.delete(key);
  }

  #keep(key: string, followed: Followed): void {
    this.#folds.delete(key);
    this.#folds.set(key, followed);
    const [oldest] = this.#folds.keys();
    if (this.#folds.size > MOST_FOLLOWED && oldest !== undefined) this.#folds.delete(oldest);
  }
}

function keyOf({ vehicle, container }: Place): string {
  return `${vehicle} ${container}`;
}

/** An event as it would be read back: its signals in the order of reading. */
function rowOf({ ts, seq, trip, source, measured, dtcs }: KeyedEvent): EventRow {
  const values: Record<string, number> = {};
  // There is no negative zero in line protocol as we write it.
  for (const at of readingOrder(measured.names)) {
    values[measured.names[at] as string] = (measured.numbers[at] as number) + 0;
  }
  return { ts, seq, trip, source, values, dtcs };
}

const hasCustom = rememberedByNames((names) => names.some((name) => !isSignalName(name)));

/** Signals of the table in its order, then custom ones by name. */
const readingOrder = rememberedByNames((names) => {
  const rankOf = new Map<string, number>(SIGNAL_NAMES.map((name, rank) => [name, rank]));
  const rank = (at: number) => rankOf.get(names[at] as string) ?? Number.POSITIVE_INFINITY;
  const byName = (a: number, b: number) => ((names[a] as string) < (names[b] as string) ? -1 : 1);
  return names.map((_name, at) => at).sort((a, b) => (rank(a) === rank(b) ? byName(a, b) : rank(a) - rank(b)));
});
