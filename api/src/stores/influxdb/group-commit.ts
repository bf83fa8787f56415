/**
 * Gathers events of many callers into bodies that are written together: InfluxDB syncs its log once a request. While a
 * body is under way the next fills up, so bodies are as large as the load makes them.
 */
import type { KeyedEvent } from '../../ports.ts';
import { OverloadedError, StoreUnavailableError } from '../../ports.ts';
import type { InfluxClient } from './client.ts';
import { CustomSignals } from './custom-signals.ts';
import { deliver } from './delivery.ts';
import { Batch, Group, type Refusals } from './group.ts';
import { type Findings, findRefused } from './refused-events.ts';
import { containersOf, type Touches } from './touches.ts';

/** Most events of one body. */
const MOST_IN_GROUP = 5_000;
/** Bodies that are under way at once, where more than `MANY` events wait; one else, since few large ones cost less. */
const LANES = 2;
const MANY = 1_000;
/** How long a group is filled while more keeps coming, milliseconds. */
const MOST_WAIT_MS = 2;
/** How long is tried to store a group, milliseconds from its first event. */
const PATIENCE_MS = 10_000;
/** What waits to be stored is bounded, so that memory is. */
const MOST_WAITING = 50_000;
const MOST_WAITING_CHARACTERS = 64 * 1_024 * 1_024;

/** Stores events of one vehicle, some of which InfluxDB refuses. */
export type Aside = (events: readonly KeyedEvent[]) => Promise<Refusals>;

export class GroupCommit {
  readonly #client: InfluxClient;
  readonly #touches: Touches;
  readonly #customSignals = new CustomSignals();
  readonly #onFailure: (error: Error) => void;
  readonly #mostWaiting: number;
  #full: Group[] = [];
  #filling = newGroup();
  #waiting = 0;
  #waitingCharacters = 0;
  #scheduled = false;
  readonly #lanes = new Set<Promise<void>>();
  /** Takes what needs a search for refused events. */
  readonly #aside: Aside | undefined;

  /** `onFailure` hears why a body could not be stored. With `aside`, the search for refused events is no one else's delay. */
  constructor(
    client: InfluxClient,
    touches: Touches,
    onFailure: (error: Error) => void,
    { mostWaiting = MOST_WAITING, aside }: { readonly mostWaiting?: number; readonly aside?: Aside } = {},
  ) {
    this.#client = client;
    this.#touches = touches;
    this.#onFailure = onFailure;
    this.#mostWaiting = mostWaiting;
    this.#aside = aside;
  }

  /** Resolves when all events but those refused are durable. Throws `StoreUnavailableError` and `OverloadedError`. */
  write(events: readonly KeyedEvent[]): Promise<Refusals> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#waiting > this.#mostWaiting || this.#waitingCharacters > MOST_WAITING_CHARACTERS) {
      return Promise.reject(new OverloadedError(`${this.#waiting} events wait to be stored`));
    }
    return new Promise((resolve, reject) => {
      const batch = new Batch(events.length, resolve, reject);
      for (const [index, event] of events.entries()) this.#add(event, batch, index);
      this.#schedule();
    });
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    while (this.#waiting > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      await Promise.all(this.#lanes);
    }
  }

  #add(event: KeyedEvent, batch: Batch, index: number): void {
    if (this.#filling.events.length >= MOST_IN_GROUP) this.#seal();
    if (this.#filling.events.length === 0) this.#filling = newGroup();
    const before = this.#filling.characters;
    this.#filling.add(event, batch, index);
    this.#waiting++;
    this.#waitingCharacters += this.#filling.characters - before;
  }

  #seal(): void {
    this.#full.push(this.#filling);
    this.#filling = newGroup();
  }

  /** Collects what else arrives: as long as every turn of the event loop brings more, but no longer than `MOST_WAIT_MS`. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const began = performance.now();
    let seen = this.#waiting;
    const look = () => {
      if (this.#waiting > seen && performance.now() - began < MOST_WAIT_MS) {
        seen = this.#waiting;
        setImmediate(look);
        return;
      }
      this.#scheduled = false;
      this.#open();
    };
    setImmediate(look);
  }

  /** Opens another lane, if there is work for it. */
  #open(): void {
    if (this.#lanes.size >= (this.#waiting > MANY ? LANES : 1)) return;
    const group = this.#next();
    if (group === undefined) return;
    const lane = this.#run(group).finally(() => {
      this.#lanes.delete(lane);
      this.#open();
    });
    this.#lanes.add(lane);
    this.#open();
  }

  #next(): Group | undefined {
    if (this.#full.length === 0 && this.#filling.events.length > 0) this.#seal();
    return this.#full.shift();
  }

  /** Stores one group after the other. Never rejects. */
  async #run(first: Group): Promise<void> {
    for (let group: Group | undefined = first; group !== undefined; group = this.#next()) {
      try {
        await this.#store(group);
      } catch (error) {
        group.reject(error);
        this.#onFailure(error as Error);
      }
      this.#leave(group);
    }
  }

  async #store(group: Group): Promise<void> {
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
      throw error;
    }
    notes.stored();
    if (!cover.stored()) throw new StoreUnavailableError('InfluxDB took too long');
    if (findings === undefined) return group.stored();
    group.settle(findings.fates);
    for (const indices of findings.left) void this.#handOver(group, indices);
  }

  async #handOver(group: Group, indices: readonly number[]): Promise<void> {
    try {
      const refusals = await this.#aside?.(indices.map((index) => group.events[index] as KeyedEvent));
      group.settle(new Map(indices.map((index, of) => [index, refusals?.[of]])));
    } catch (error) {
      group.reject(error, new Set(indices));
    }
  }

  #leave({ events, characters }: Group): void {
    this.#waiting -= events.length;
    this.#waitingCharacters -= characters;
  }
}

function newGroup(): Group {
  return new Group(Date.now() + PATIENCE_MS);
}
