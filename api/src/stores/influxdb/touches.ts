/**
 * Marks beside the events: which containers are written to, and since when their rows may be others. A mark is a point
 * `touched` with the tags of the container; `first_ts` is a time that no event lies before which relies on it. It is
 * durable before the sender of any such event hears of it, and good for some seconds: so a drive needs one now and then
 * and not one for each event. When all who rely on it have heard, and nothing more came for a while, it is closed; what
 * comes then needs another one. Readers read again what has an open mark.
 */
import type { KeyedEvent } from '../../ports.ts';
import { containerTags } from './event-line.ts';
import { nanoseconds } from './line-protocol.ts';

/** How long events may begin to rely on a mark, milliseconds. */
export const GOOD_MS = 10_000;
/** How long after that their senders may hear of them. */
export const GRACE_MS = 30_000;
/** How long a process knows its own marks, milliseconds: longer than it looks at any. */
const OWN_FOR_MS = 300_000;
/** A mark is closed when so long nobody relied on it. */
const QUIET_MS = 2_000;
/** Times that a mark may have within its millisecond, so that no two are in one place. */
const PLACES = 1_000_000;

/** The earliest times of events, by the tags of their containers. */
export type Containers = ReadonlyMap<string, number>;

/** One mark as this process knows it. */
interface Mark {
  readonly tags: string;
  readonly first_ts: number;
  readonly madeAt: number;
  /** Nanoseconds since 1970. */
  readonly time: string;
  /** Groups of events that rely on it and are under way. */
  users: number;
  usedAt: number;
  isDurable: boolean;
}

/** The marks that a group of events relies on, from before it is sent until it is durable, or given up. */
export interface Cover {
  /** The lines of those that are not known to be durable: they go with the events. */
  readonly lines: () => readonly string[];
  /** The events are durable. False where that took too long for the marks: readers may not look any more. */
  stored(): boolean;
  /** Nobody knows: the marks stay open, and count as somebody else's. */
  lost(): void;
}

export class Touches {
  readonly #now: () => number;
  /** The mark that the next events of a container may rely on, by its tags. */
  readonly #current = new Map<string, Mark>();
  readonly #open = new Set<Mark>();
  /** Marks of this process for events, by their time, oldest first. */
  readonly #own = new Map<string, Mark>();
  /** Another process counts from elsewhere. */
  #count = Math.floor(Math.random() * PLACES);

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Marks for events that are about to be sent. */
  cover(containers: Containers): Cover {
    const now = this.#now();
    const marks = [...containers].map(([tags, ts]) => this.#rely(tags, ts, now));
    const leave = () => {
      for (const mark of marks) mark.users--;
    };
    return {
      lines: () => marks.filter(({ isDurable }) => !isDurable).map((mark) => lineOf(mark, false)),
      stored: () => {
        leave();
        for (const mark of marks) mark.isDurable = true;
        return marks.every(({ madeAt }) => this.#now() < madeAt + GOOD_MS + GRACE_MS);
      },
      lost: () => {
        leave();
        for (const mark of marks) this.#disown(mark);
      },
    };
  }

  /** Whether a mark is one of this process's for events that it wrote. */
  isOwn(vehicle: string, container: string, time: string): boolean {
    return this.#own.get(time)?.tags === containerTags(vehicle, container);
  }

  /** The lines that close the marks nobody relies on any more; those of all, where `ending`. */
  closing(ending = false): string[] {
    const before = ending ? Number.POSITIVE_INFINITY : this.#now() - QUIET_MS;
    const done = [...this.#open].filter(
      (mark) => mark.users === 0 && (mark.usedAt < before || this.#current.get(mark.tags) !== mark),
    );
    for (const mark of done) this.#forget(mark);
    return done.map((mark) => lineOf(mark, true));
  }

  /** Marks, closed, for what has been changed in containers. */
  done(containers: Containers): string[] {
    const now = this.#now();
    return [...containers].map(([tags, ts]) => lineOf(this.#make(tags, ts, now), true));
  }

  #rely(tags: string, ts: number, now: number): Mark {
    const current = this.#current.get(tags);
    const fits = current !== undefined && now < current.madeAt + GOOD_MS && current.first_ts <= ts;
    const mark = fits ? current : this.#makeOwn(tags, ts, now);
    this.#current.set(tags, mark);
    this.#open.add(mark);
    mark.users++;
    mark.usedAt = now;
    return mark;
  }

  #makeOwn(tags: string, first_ts: number, now: number): Mark {
    const mark = this.#make(tags, first_ts, now);
    this.#own.set(mark.time, mark);
    for (const { time, madeAt } of this.#own.values()) {
      if (now - madeAt < OWN_FOR_MS) break;
      this.#own.delete(time);
    }
    return mark;
  }

  #make(tags: string, first_ts: number, madeAt: number): Mark {
    const time = nanoseconds(madeAt, this.#count++ % PLACES);
    return { tags, first_ts, madeAt, time, users: 0, usedAt: madeAt, isDurable: false };
  }

  #disown(mark: Mark): void {
    this.#forget(mark);
    this.#own.delete(mark.time);
  }

  #forget(mark: Mark): void {
    this.#open.delete(mark);
    if (this.#current.get(mark.tags) === mark) this.#current.delete(mark.tags);
  }
}

function lineOf({ tags, first_ts, time }: Mark, closed: boolean): string {
  return `touched,${tags} first_ts=${first_ts}i,closed=${closed} ${time}`;
}

/** The containers of events, by their tags, each with its earliest event's time. */
export function containersOf(events: readonly Pick<KeyedEvent, 'vehicle' | 'container' | 'ts'>[]): Containers {
  const containers = new Map<string, number>();
  let [last, tags, first]: [(typeof events)[number] | undefined, string, number] = [undefined, '', 0];
  for (const event of events) {
    // Most come in a row.
    if (event.container !== last?.container || event.vehicle !== last.vehicle) {
      tags = containerTags(event.vehicle, event.container);
      first = containers.get(tags) ?? Number.POSITIVE_INFINITY;
      last = event;
    }
    if (event.ts >= first) continue;
    first = event.ts;
    containers.set(tags, first);
  }
  return containers;
}
