/**
 * Gathers events of many callers into groups that are committed together: a commit costs the same for one event and for
 * a thousand. While one group is under way the next fills up, so groups are as large as the load makes them.
 */
import type { KeyedEvent } from '../../ingest/key-of.ts';
import { OverloadedError, type WriteResult } from '../../ports.ts';
import { type EventGroup, type GroupContainer, type GroupReport, OUTCOMES } from './protocol.ts';
import type { Names } from './record.ts';
import { RecordWriter } from './record.ts';

/** Most events of one commit: others wait no longer than it takes. */
const MOST_IN_GROUP = 2_000;
/** Groups that are under way: one is committed while the next is handed over. */
const MOST_UNDER_WAY = 2;
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

/** A group that is being filled or waits. */
class Group {
  readonly containers: GroupContainer[] = [];
  readonly container: number[] = [];
  readonly seq: number[] = [];
  readonly ts: number[] = [];
  readonly end: number[] = [];
  readonly shares: Share[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #records: RecordWriter;

  constructor(names: Names) {
    this.#records = new RecordWriter(names);
  }

  get size(): number {
    return this.seq.length;
  }

  add(event: KeyedEvent, batch: Batch, offset: number): void {
    this.container.push(this.#numberOf(event));
    this.seq.push(event.seq);
    this.ts.push(event.ts);
    this.#records.write(event);
    this.end.push(this.#records.length);
    const share = this.shares.at(-1);
    if (share?.batch === batch) share.count++;
    else this.shares.push({ batch, offset, count: 1 });
  }

  packed(): EventGroup {
    return {
      containers: this.containers,
      container: Uint32Array.from(this.container),
      seq: Float64Array.from(this.seq),
      ts: Float64Array.from(this.ts),
      end: Uint32Array.from(this.end),
      records: this.#records.take(),
    };
  }

  #numberOf({ vehicle, container: name, trip }: KeyedEvent): number {
    const key = `${vehicle} ${name}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.containers.push({ vehicle, name, trip }) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

export class GroupCommit {
  readonly #names: Names;
  readonly #commit: (group: EventGroup) => Promise<GroupReport>;
  readonly #full: Group[] = [];
  #filling: Group;
  #waiting = 0;
  #underWay = 0;
  #scheduled = false;

  constructor(names: Names, commit: (group: EventGroup) => Promise<GroupReport>) {
    this.#names = names;
    this.#commit = commit;
    this.#filling = new Group(names);
  }

  /** Resolves when all events are committed; rejects with the first failure of a commit that held any of them. */
  write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#waiting > MOST_WAITING) {
      return Promise.reject(new OverloadedError(`${this.#waiting} events wait to be stored`));
    }
    return new Promise((resolve, reject) => {
      const batch: Batch = { results: new Array<WriteResult>(events.length), left: events.length, resolve, reject };
      for (const [offset, event] of events.entries()) {
        if (this.#filling.size >= MOST_IN_GROUP) this.#seal();
        this.#filling.add(event, batch, offset);
      }
      this.#waiting += events.length;
      this.#schedule();
    });
  }

  /** Collects what else arrives in this turn of the event loop. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #seal(): void {
    this.#full.push(this.#filling);
    this.#filling = new Group(this.#names);
  }

  #send(): void {
    while (this.#underWay < MOST_UNDER_WAY && this.#waiting > 0) {
      if (this.#full.length === 0) {
        if (this.#filling.size === 0) return;
        this.#seal();
      }
      const group = this.#full.shift() as Group;
      this.#underWay++;
      this.#commit(group.packed()).then(
        (report) => this.#done(group, (share, start) => fulfil(share, start, report)),
        (error) => this.#done(group, ({ batch }) => batch.reject(error)),
      );
    }
  }

  #done(group: Group, settle: (share: Share, start: number) => void): void {
    this.#underWay--;
    this.#waiting -= group.size;
    let start = 0;
    for (const share of group.shares) {
      settle(share, start);
      start += share.count;
    }
    this.#send();
  }
}

function fulfil({ batch, offset, count }: Share, start: number, { outcome, trip, trips }: GroupReport): void {
  for (let index = 0; index < count; index++) {
    batch.results[offset + index] = {
      outcome: OUTCOMES[outcome[start + index] as number] ?? 'stored',
      trip_id: trips[trip[start + index] as number] ?? '',
    };
  }
  batch.left -= count;
  if (batch.left === 0) batch.resolve(batch.results);
}
