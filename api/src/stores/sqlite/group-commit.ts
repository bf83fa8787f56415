/**
 * Gathers events of many callers into groups that are committed together: a commit costs the same for one event and for
 * a thousand. While one group is under way the next fills up, so groups are as large as the load makes them.
 */
import type { KeyedEvent } from '../../ingest/key-of.ts';
import { OverloadedError, type WriteResult } from '../../ports.ts';
import { columnsOf, type EventGroup, type GroupContainer, type GroupReport, OUTCOMES } from './protocol.ts';
import type { Names } from './record.ts';
import { RecordWriter } from './record-writer.ts';

/** Most events of one commit: others wait no longer than it takes. */
const MOST_IN_GROUP = 2_000;
/** Groups that are under way: one, so that the next is as large as the load makes it. */
const MOST_UNDER_WAY = 1;
/** How long a group is filled while more keeps coming, milliseconds. */
const MOST_WAIT_MS = 2;
const LOOK_AGAIN_MS = 1;
/** Most events that wait for their commit. */
const MOST_WAITING = 100_000;

/** The events of one call. */
interface Batch {
  readonly results: WriteResult[];
  left: number;
  resolve(results: readonly WriteResult[]): void;
  reject(error: unknown): void;
}

/** A stretch of a group that belongs to one batch. */
interface Share {
  readonly batch: Batch;
  /** Where it lies in the batch. */
  readonly offset: number;
  count: number;
}

/** Containers that have numbers; with more, all numbers start anew. */
const MOST_NUMBERED = 50_000;

/** Numbers for containers, so that each is told to the writing thread once. */
class ContainerNumbers {
  /** By vehicle, then by name: one key of both would have to be put together for every event. */
  readonly #numbers = new Map<string, Map<string, number>>();
  #count = 0;
  #fresh: GroupContainer[] = [];

  numberOf({ vehicle, container: name, trip }: KeyedEvent): number {
    let numbers = this.#numbers.get(vehicle);
    if (numbers === undefined) {
      numbers = new Map();
      this.#numbers.set(vehicle, numbers);
    }
    let number = numbers.get(name);
    if (number === undefined) {
      number = this.#count++;
      numbers.set(name, number);
      this.#fresh.push({ vehicle, name, trip });
    }
    return number;
  }

  /** The containers that were numbered since, and the number of the first. */
  takeFresh(): Pick<EventGroup, 'fresh' | 'first_fresh'> {
    const fresh = this.#fresh;
    this.#fresh = [];
    return { fresh, first_fresh: this.#count - fresh.length };
  }

  /** Whether there are so many that numbers should start anew. */
  get full(): boolean {
    return this.#count >= MOST_NUMBERED;
  }

  clear(): void {
    this.#numbers.clear();
    this.#count = 0;
  }
}

/** A group that is being filled or waits. */
class Group {
  readonly events: KeyedEvent[] = [];
  readonly shares: Share[] = [];

  add(event: KeyedEvent, batch: Batch, offset: number): void {
    this.events.push(event);
    const share = this.shares.at(-1);
    if (share?.batch === batch) share.count++;
    else this.shares.push({ batch, offset, count: 1 });
  }
}

export class GroupCommit {
  readonly #commit: (group: EventGroup, events: readonly KeyedEvent[]) => Promise<GroupReport>;
  readonly #records: RecordWriter;
  readonly #numbers = new ContainerNumbers();
  readonly #full: Group[] = [];
  #filling = new Group();
  #waiting = 0;
  #underWay = 0;
  #scheduled = false;
  /** Callers whose events were in the last group. */
  #lastCallers = 0;

  constructor(names: Names, commit: (group: EventGroup, events: readonly KeyedEvent[]) => Promise<GroupReport>) {
    this.#records = new RecordWriter(names);
    this.#commit = commit;
  }

  /** Resolves when all events are committed; rejects with the first failure of a commit that held any of them. */
  write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#waiting > MOST_WAITING) {
      return Promise.reject(new OverloadedError(`${this.#waiting} events wait to be stored`));
    }
    return new Promise((resolve, reject) => {
      const batch: Batch = { results: new Array<WriteResult>(events.length), left: events.length, resolve, reject };
      for (let offset = 0; offset < events.length; offset++) {
        if (this.#filling.events.length >= MOST_IN_GROUP) this.#seal();
        this.#filling.add(events[offset] as KeyedEvent, batch, offset);
      }
      this.#waiting += events.length;
      this.#schedule();
    });
  }

  /**
   * Collects what else arrives: as long as every turn of the event loop brings more, and until half as many callers are
   * back as were answered together, but no longer than `MOST_WAIT_MS`. The first of many to be back must not have a commit
   * to itself; who is alone waits for nobody.
   */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const began = performance.now();
    let seen = this.#waiting;
    const look = () => {
      const early = performance.now() - began < MOST_WAIT_MS;
      if (early && this.#waiting > seen) {
        seen = this.#waiting;
        setImmediate(look);
      } else if (early && this.#full.length === 0 && this.#filling.shares.length < this.#lastCallers / 2) {
        setTimeout(look, LOOK_AGAIN_MS);
      } else {
        this.#scheduled = false;
        this.#send();
      }
    };
    setImmediate(look);
  }

  #seal(): void {
    this.#full.push(this.#filling);
    this.#filling = new Group();
  }

  #send(): void {
    while (this.#underWay < MOST_UNDER_WAY) {
      if (this.#full.length === 0) {
        if (this.#filling.events.length === 0) return;
        this.#seal();
      }
      const group = this.#full.shift() as Group;
      this.#underWay++;
      this.#lastCallers = group.shares.length;
      this.#commit(this.#pack(group), group.events).then(
        (report) => this.#done(group, (share, start) => fulfil(group, share, start, report)),
        (error) => this.#done(group, ({ batch }) => batch.reject(error)),
      );
    }
  }

  #pack({ events }: Group): EventGroup {
    const count = events.length;
    if (this.#numbers.full) this.#numbers.clear();
    const ends = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      this.#records.write(events[index] as KeyedEvent);
      ends[index] = this.#records.length;
    }
    const buffer = new ArrayBuffer(ROW_BYTES * count + this.#records.length);
    const columns = columnsOf(buffer, count);
    for (let index = 0; index < count; index++) {
      const event = events[index] as KeyedEvent;
      columns.seq[index] = event.seq;
      columns.ts[index] = event.ts;
      columns.container[index] = this.#numbers.numberOf(event);
    }
    columns.end.set(ends);
    this.#records.takeInto(columns.records);
    return { count, packed: new Uint8Array(buffer), ...this.#numbers.takeFresh() };
  }

  #done(group: Group, settle: (share: Share, start: number) => void): void {
    this.#underWay--;
    this.#waiting -= group.events.length;
    let start = 0;
    for (const share of group.shares) {
      settle(share, start);
      start += share.count;
    }
    if (this.#waiting > 0) this.#schedule();
  }
}

/** Bytes of an event in a group beside its record. */
const ROW_BYTES = 24;

function fulfil(
  { events }: Group,
  { batch, offset, count }: Share,
  start: number,
  { packed, trips }: GroupReport,
): void {
  for (let index = start; index < start + count; index++) {
    batch.results[offset + index - start] = {
      outcome: OUTCOMES[packed[index] as number] ?? 'stored',
      trip_id: events[index]?.trip ?? trips[packed[events.length + index] as number] ?? '',
    };
  }
  batch.left -= count;
  if (batch.left === 0) batch.resolve(batch.results);
}
