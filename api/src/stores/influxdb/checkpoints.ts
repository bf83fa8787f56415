/**
 * Where the reading of a container may go on, so that a drive under way is not read from its start every second. Only a
 * means to be quick: without checkpoints a container is read whole.
 */
import type { EventRow } from '../../ports.ts';
import { SegmentFold } from './container.ts';

/** How far a checkpoint lies before the end, milliseconds of events: longer than a mark gathers what was written. */
const BEFORE_END_MS = 30_000;
/** Containers that have checkpoints: those that were read last. Both of one need some 15 kB. */
const MOST_CONTAINERS = 1_000;

/** What was folded of a container up to a time, that time included. */
interface Checkpoint {
  readonly ts: number;
  readonly fold: SegmentFold;
}

/** A reading under way. */
export interface Reading {
  /** Events from this time on are needed, milliseconds since 1970. */
  readonly from: number;
  /** Takes the next events, whole instants. */
  add(rows: readonly EventRow[]): void;
  /** All of it. */
  end(): SegmentFold;
}

export class Checkpoints {
  readonly #idleMs: number;
  /** Of each container the last two, so that one lies before what is being written. */
  readonly #kept = new Map<string, readonly Checkpoint[]>();

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** Goes on with a container of which events from a time on may be others. */
  resume(container: string, first: number): Reading {
    let kept = (this.#kept.get(container) ?? []).filter(({ ts }) => ts < first);
    const start = kept.at(-1);
    const fold = start?.fold.copy() ?? new SegmentFold(this.#idleMs);
    return {
      from: start === undefined ? 0 : start.ts + 1,
      add(rows) {
        const end = (rows.at(-1)?.ts ?? 0) - BEFORE_END_MS;
        const before = rows.filter(({ ts }) => ts <= end);
        for (const row of before) fold.add(row);
        if (before.length > 0) kept = [...kept.slice(-1), { ts: end, fold: fold.copy() }];
        for (const row of rows.slice(before.length)) fold.add(row);
      },
      end: () => {
        this.#keep(container, kept);
        return fold;
      },
    };
  }

  #keep(container: string, checkpoints: readonly Checkpoint[]): void {
    this.#kept.delete(container);
    this.#kept.set(container, checkpoints);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_CONTAINERS && oldest !== undefined) this.#kept.delete(oldest);
  }
}
