/**
 * Gathers events of many callers into groups that are committed together: a commit costs the same for one event and for
 * a thousand. While one group is under way the next fills up, so groups are as large as the load makes them.
 */
import type { KeyedEvent } from '../../ingest/key-of.ts';
import { TOO_MUCH } from '../../ingest/same-key.ts';
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
  readonly events: readonly KeyedEvent[];
  readonly results: WriteResult[];
  left: number;
  resolve(results: readonly WriteResult[]): void;
  reject(error: unknown): void;
}

/** A stretch of a batch that is in a group: its events from one index on, up to before another. */
interface Share {
  readonly batch: Batch;
  readonly from: number;
  readonly to: number;
}

/** Whose events a group has, and the time of the newest. */
export interface GroupExtent {
  readonly vehicles: ReadonlySet<string>;
  readonly newest: number;
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
  readonly shares: Share[] = [];
  /** Its events in all. */
  count = 0;

  /** Takes in a batch from some index on, as far as there is room; the index of the first that did not come in. */
  add(batch: Batch, from: number): number {
    const to = Math.min(batch.events.length, from + MOST_IN_GROUP - this.count);
    this.shares.push({ batch, from, to });
    this.count += to - from;
    return to;
  }

  /** Calls back for each event, with its place among all. */
  forEach(each: (event: KeyedEvent, index: number) => void): void {
    let index = 0;
    for (const { batch, from, to } of this.shares) {
      for (let at = from; at < to; at++) each(batch.events[at] as KeyedEvent, index++);
    }
  }
}

export class GroupCommit {
  readonly #commit: (group: EventGroup, extent: GroupExtent) => Promise<GroupReport>;
  readonly #records: RecordWriter;
  readonly #numbers = new ContainerNumbers();
  readonly #full: Group[] = [];
  #filling = new Group();
  #waiting = 0;
  #underWay = 0;
  #scheduled = false;
  /** Callers whose events were in the last group. */
  #lastCallers = 0;

  constructor(names: Names, commit: (group: EventGroup, extent: GroupExtent) => Promise<GroupReport>) {
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
      const { length } = events;
      const batch: Batch = { events, results: new Array<WriteResult>(length), left: length, resolve, reject };
      for (let from = 0; from < length; ) {
        if (this.#filling.count >= MOST_IN_GROUP) this.#seal();
        from = this.#filling.add(batch, from);
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
        if (this.#filling.count === 0) return;
        this.#seal();
      }
      const group = this.#full.shift() as Group;
      this.#underWay++;
      this.#lastCallers = group.shares.length;
      this.#commit(this.#pack(group), extentOf(group)).then(
        (report) => this.#done(group, (share, start) => fulfil(share, start, group.count, report)),
        (error) => this.#done(group, ({ batch }) => batch.reject(error)),
      );
    }
  }

  #pack(group: Group): EventGroup {
    const { count } = group;
    if (this.#numbers.full) this.#numbers.clear();
    const ends = new Uint32Array(count);
    group.forEach((event, index) => {
      this.#records.write(event);
      ends[index] = this.#records.length;
    });
    const buffer = new ArrayBuffer(ROW_BYTES * count + this.#records.length);
    const columns = columnsOf(buffer, count);
    group.forEach((event, index) => {
      columns.seq[index] = event.seq;
      columns.ts[index] = event.ts;
      columns.container[index] = this.#numbers.numberOf(event);
    });
    columns.end.set(ends);
    this.#records.takeInto(columns.records);
    return { count, packed: new Uint8Array(buffer), ...this.#numbers.takeFresh() };
  }

  #done(group: Group, settle: (share: Share, start: number) => void): void {
    this.#underWay--;
    this.#waiting -= group.count;
    let start = 0;
    for (const share of group.shares) {
      settle(share, start);
      start += share.to - share.from;
    }
    if (this.#waiting > 0) this.#schedule();
  }
}

/** Bytes of an event in a group beside its record. */
const ROW_BYTES = 24;

function extentOf(group: Group): GroupExtent {
  const vehicles = new Set<string>();
  let newest = 0;
  let last = '';
  group.forEach(({ vehicle, ts }) => {
    if (ts > newest) newest = ts;
    if (vehicle !== last) vehicles.add(vehicle);
    last = vehicle;
  });
  return { vehicles, newest };
}

/** Says what became of a share, whose first event is the `start`th of so many in the group. */
function fulfil({ batch, from, to }: Share, start: number, count: number, { packed, trips }: GroupReport): void {
  let result: WriteResult | undefined;
  for (let at = from; at < to; at++) {
    const index = start + at - from;
    const outcome = OUTCOMES[packed[index] as number] ?? 'stored';
    const trip_id = batch.events[at]?.trip ?? trips[packed[count + index] as number] ?? '';
    // Of most events the same is to be said as of the one before.
    if (result?.outcome !== outcome || result.trip_id !== trip_id) {
      result = outcome === 'refused' ? { outcome, trip_id, reason: TOO_MUCH } : { outcome, trip_id };
    }
    batch.results[at] = result;
  }
  batch.left -= to - from;
  if (batch.left === 0) batch.resolve(batch.results);
}
