/**
 * Marks beside the events: which containers were written to, and since when their rows may be others. Points `touched`
 * with the tags of the container, one for each process and ten seconds: `n` is another number after every write, and
 * `first_ts` the earliest time of an event that this process wrote in those ten seconds.
 *
 * A mark is written when its events are durable, and before their sender hears of it. In one body with them it could be
 * seen before they are: points of different days lie in different shards, which become visible one by one.
 */
import type { KeyedEvent } from '../../ports.ts';
import { containerTags } from './event-line.ts';

/** Time that marks are floored to, milliseconds. */
export const SLOT_MS = 10_000;
/** Digits below the slot, in nanoseconds. */
const SLOT_DIGITS = 10;

export class Touches {
  /** Below the slot in a mark's time, so that processes don't overwrite each other's. */
  readonly #process = `${Math.floor(Math.random() * 10 ** SLOT_DIGITS)}`.padStart(SLOT_DIGITS, '0');
  readonly #now: () => number;
  readonly #firsts = new Map<string, number>();
  /** Containers to which something may have been written without a mark. */
  #owed = new Map<string, number>();
  #slot = 0;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The containers of events that were stored, and those still owed; whoever takes them marks them, or owes them. */
  take(events: readonly KeyedEvent[]): ReadonlyMap<string, number> {
    const taken = withEarliest(this.#owed, containersOf(events));
    this.#owed = new Map();
    return taken;
  }

  /** Something may be stored there, though nobody knows: the next marks tell of it too. */
  owe(containers: ReadonlyMap<string, number>): void {
    this.#owed = withEarliest(this.#owed, containers);
  }

  /** The lines that mark containers, given by their tags, each with the earliest time that was written. */
  lines(containers: ReadonlyMap<string, number>): string[] {
    const slot = Math.floor(this.#now() / SLOT_MS);
    if (slot !== this.#slot) this.#firsts.clear();
    this.#slot = slot;
    this.#count++;
    return [...containers].map(([tags, ts]) => {
      const first = Math.min(ts, this.#firsts.get(tags) ?? ts);
      this.#firsts.set(tags, first);
      return `touched,${tags} n=${this.#count}i,first_ts=${first}i ${slot}${this.#process}`;
    });
  }
}

/** All of both, each with the earlier time. */
function withEarliest(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const all = new Map(a);
  for (const [tags, ts] of b) all.set(tags, Math.min(ts, all.get(tags) ?? ts));
  return all;
}

/** The containers of events, by their tags, each with its earliest event's time. */
export function containersOf(events: readonly Pick<KeyedEvent, 'vehicle' | 'container' | 'ts'>[]): Map<string, number> {
  const containers = new Map<string, number>();
  for (const { vehicle, container, ts } of events) {
    const tags = containerTags(vehicle, container);
    containers.set(tags, Math.min(ts, containers.get(tags) ?? ts));
  }
  return containers;
}
