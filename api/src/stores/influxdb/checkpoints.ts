/**
 * Where the reading of a container may go on, so that a drive under way is not read from its start every second. Only a
 * means to be quick: without checkpoints a container is read whole.
 */
import type { EventRow } from '../../ports.ts';
import { SegmentFold } from './container.ts';

/** Time of events between two checkpoints, milliseconds: longer than a mark gathers what was written. */
const APART_MS = 30_000;
/** Containers that have checkpoints: those that were read last. */
const MOST_CONTAINERS = 200;

/** What was folded of a container up to a time, that time included. */
interface Checkpoint {
  readonly ts: number;
  readonly fold: SegmentFold;
}

/** A reading under way. */
export interface Reading {
  /** Events from this time on are needed, milliseconds since 1970. */
  readonly from: number;
  add(row: EventRow): void;
  end: SegmentFold['end'];
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
    let last = start?.ts ?? Number.POSITIVE_INFINITY;
    return {
      from: start === undefined ? 0 : start.ts + 1,
      add(row) {
        const since = kept.at(-1)?.ts ?? Number.NEGATIVE_INFINITY;
        if (row.ts > last && last - since >= APART_MS) kept = [...kept.slice(-1), { ts: last, fold: fold.copy() }];
        fold.add(row);
        last = row.ts;
      },
      end: () => {
        this.#keep(container, kept);
        return fold.end();
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
