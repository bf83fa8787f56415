/**
 * Gathers events of many callers into bodies that are written together: InfluxDB syncs its log once a request. While a
 * body is under way the next fills up, so bodies are as large as the load makes them.
 */
import type { KeyedEvent } from '../../ports.ts';
import { OverloadedError, StoreUnavailableError } from '../../ports.ts';
import type { InfluxClient } from './client.ts';
import { CustomSignals } from './custom-signals.ts';
import { deliver } from './delivery.ts';
import { EventLines } from './event-line.ts';
import { Batch, Group, type Refusals } from './group.ts';
import type { LiveFolds } from './live-folds.ts';
import { type Findings, findRefused } from './refused-events.ts';
import { containersOf, type Touches } from './touches.ts';

/** Most events of one body. */
const MOST_IN_GROUP = 5_000;
/** Bodies that are under way at once, where more than `MANY` events wait; one else, since few large ones cost less. */
const LANES = 2;
const MANY = 1_000;
/** Groups whose room for lines is kept: those that may be under way, and the one that is filled meanwhile. */
const MOST_SPARE = LANES + 1;
const MOST_SPARE_BYTES = 2 ** 21;
/** How long a group is filled while more keeps coming, milliseconds, and how soon is looked again. */
const MOST_WAIT_MS = 4;
const LOOK_AGAIN_MS = 1;
const END_LOOK_MS = 10;
/** Events that are worth a body: fewer wait for others, since InfluxDB has half as much to do for one as for sixty-four. */
const ENOUGH = 200;
/** How long is tried to store a group, milliseconds from its first event. */
const PATIENCE_MS = 10_000;
/** What waits to be stored is bounded, so that memory is. */
const MOST_WAITING = 50_000;
const MOST_WAITING_BYTES = 64 * 1_024 * 1_024;

/** Stores events of one vehicle, some of which InfluxDB refuses. */
export type Aside = (events: readonly KeyedEvent[]) => Promise<Refusals>;

export interface GroupCommitOptions {
  readonly mostWaiting?: number;
  /** With it, the search for refused events is no one else's delay. */
  readonly aside?: Aside;
  /** Hears what became of events, before their callers do. */
  readonly live?: LiveFolds | undefined;
}

export class GroupCommit {
  readonly #client: InfluxClient;
  readonly #touches: Touches;
  readonly #customSignals = new CustomSignals();
  readonly #onFailure: (error: Error) => void;
  readonly #mostWaiting: number;
  #full: Group[] = [];
  /** Of groups that are done with: to make room for lines anew for each would keep the garbage collector busy. */
  readonly #spare: EventLines[] = [];
  #filling = this.#newGroup();
  #waiting = 0;
  #waitingBytes = 0;
  #isGathering = false;
  #underWay = 0;
  /** Callers that were there when the last body was answered: they may be back soon. */
  #lastCallers = 0;
  /** Takes what needs a search for refused events. */
  readonly #aside: Aside | undefined;
  readonly #live: LiveFolds | undefined;

  /** `onFailure` hears why a body could not be stored. */
  constructor(
    client: InfluxClient,
    touches: Touches,
    onFailure: (error: Error) => void,
    { mostWaiting = MOST_WAITING, aside, live }: GroupCommitOptions = {},
  ) {
    this.#client = client;
    this.#touches = touches;
    this.#onFailure = onFailure;
    this.#mostWaiting = mostWaiting;
    this.#aside = aside;
    this.#live = live;
  }

  /** Resolves when all events but those refused are durable. Throws `StoreUnavailableError` and `OverloadedError`. */
  write(events: readonly KeyedEvent[]): Promise<Refusals> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#waiting > this.#mostWaiting || this.#waitingBytes > MOST_WAITING_BYTES) {
      return Promise.reject(new OverloadedError(`${this.#waiting} events wait to be stored`));
    }
    return new Promise((resolve, reject) => {
      const batch = new Batch(events.length, resolve, reject);
      for (let index = 0; index < events.length; index++) this.#add(events[index] as KeyedEvent, batch, index);
      this.#gather();
    });
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    while (this.#waiting > 0) await new Promise((resolve) => setTimeout(resolve, END_LOOK_MS));
    await new Promise((resolve) => setImmediate(resolve));
  }

  #add(event: KeyedEvent, batch: Batch, index: number): void {
    if (this.#filling.events.length >= MOST_IN_GROUP) this.#seal();
    if (this.#filling.events.length === 0) this.#filling.deadline = Date.now() + PATIENCE_MS;
    const before = this.#filling.bytes;
    this.#filling.add(event, batch, index);
    this.#waiting++;
    this.#waitingBytes += this.#filling.bytes - before;
  }

  #newGroup(): Group {
    return new Group(this.#spare.pop() ?? new EventLines());
  }

  #seal(): void {
    this.#full.push(this.#filling);
    this.#filling = this.#newGroup();
  }

  /**
   * Collects what else arrives: as long as every turn of the event loop brings more, and while callers are missing that were
   * there before and still come back, but no longer than `MOST_WAIT_MS`. Who is alone waits for nobody.
   */
  #gather(): void {
    if (this.#isGathering || !this.#hasLane()) return;
    this.#isGathering = true;
    const began = performance.now();
    let seen = 0;
    const look = (rested: boolean) => {
      const grew = this.#waiting > seen;
      seen = this.#waiting;
      const isLate = this.#full.length > 0 || performance.now() - began > MOST_WAIT_MS;
      if (!isLate && grew) setImmediate(look, false);
      else if (!isLate && !rested && this.#lacksCallers()) setTimeout(look, LOOK_AGAIN_MS, true);
      else {
        this.#isGathering = false;
        this.#send();
      }
    };
    if (this.#full.length > 0) look(true);
    else setImmediate(look, false);
  }

  #hasLane(): boolean {
    return this.#underWay < (this.#waiting > MANY ? LANES : 1);
  }

  #lacksCallers(): boolean {
    return this.#filling.events.length < ENOUGH && this.#filling.callers < this.#lastCallers;
  }

  /** Sends what there is, as far as there are lanes for it. */
  #send(): void {
    for (let group = this.#next(); group !== undefined; group = this.#next()) {
      this.#underWay++;
      void this.#run(group);
    }
  }

  #next(): Group | undefined {
    if (!this.#hasLane()) return undefined;
    if (this.#full.length === 0 && this.#filling.events.length > 0) this.#seal();
    return this.#full.shift();
  }

  /** Stores a group. Its callers hear after the next one is on its way, if one is full: they may have much to do. Never rejects. */
  async #run(group: Group): Promise<void> {
    const tell = await this.#store(group).catch((error) => () => {
      group.reject(error);
      this.#onFailure(error as Error);
    });
    this.#underWay--;
    this.#waiting -= group.events.length;
    this.#waitingBytes -= group.bytes;
    const lines = group.takeLines();
    if (this.#spare.length < MOST_SPARE && lines.room <= MOST_SPARE_BYTES) this.#spare.push(lines);
    this.#lastCallers = group.callers + this.#filling.callers;
    if (this.#waiting > 0) this.#gather();
    setImmediate(tell);
  }

  /** Stores what can be; gives what tells the callers. Throws `StoreUnavailableError`. */
  async #store(group: Group): Promise<() => void> {
    const { events, lines, deadline } = group;
    const cover = this.#touches.cover(containersOf(events));
    const notes = this.#customSignals.notesFor(events);
    const marks = () => [...cover.lines(), ...notes.lines];
    let findings: Findings | undefined;
    try {
      const error = await deliver(this.#client, this.#client.bucket, { lines, marks, deadline });
      findings = error && (await findRefused(this.#client, group, error, this.#aside !== undefined));
    } catch (error) {
      cover.lost();
      this.#live?.lost(events);
      throw error;
    }
    notes.stored();
    const isInTime = cover.stored();
    if (isInTime && findings === undefined) {
      return () => {
        this.#live?.stored(events);
        group.stored();
      };
    }
    this.#live?.lost(events);
    if (!isInTime) throw new StoreUnavailableError('InfluxDB took too long');
    const { fates, left } = findings as Findings;
    return () => {
      group.settle(fates);
      for (const indices of left) void this.#handOver(group, indices);
    };
  }

  async #handOver(group: Group, indices: readonly number[]): Promise<void> {
    try {
      const refusals = await this.#aside?.(indices.map((index) => group.events[index] as KeyedEvent));
      group.settle(new Map(indices.map((index, of) => [index, refusals?.[of]])));
    } catch (error) {
      group.reject(error, new Set(indices));
    }
  }
}
