/**
 * Gathers events of many callers into bodies that are written together: InfluxDB syncs its log once a request. While
 * bodies are under way the next fills up, so bodies are as large as the load makes them.
 *
 * A group's marks go with the body that follows it, or by themselves where none does; then its callers hear of it.
 */
import type { KeyedEvent } from '../../ports.ts';
import { OverloadedError } from '../../ports.ts';
import type { InfluxClient } from './client.ts';
import { deliver } from './delivery.ts';
import { eventLine } from './event-line.ts';
import { containersOf, type Touches } from './touches.ts';

/** Most events of one body. */
const MOST_IN_GROUP = 5_000;
/** Bodies that are under way. */
const LANES = 2;
/** How long a group is filled while more keeps coming, milliseconds. */
const MOST_WAIT_MS = 2;
/** How long is tried to store a group, milliseconds from its first event. */
const PATIENCE_MS = 10_000;
/** What waits to be stored is bounded, so that memory is. */
const MOST_WAITING = 100_000;
const MOST_WAITING_CHARACTERS = 64 * 1_024 * 1_024;

/** Why each event of a call was refused, in InfluxDB's words; undefined for one that is durable. */
export type Refusals = readonly (string | undefined)[];

/** The events of one call. */
interface Batch {
  readonly refusals: (string | undefined)[];
  left: number;
  resolve(refusals: Refusals): void;
  reject(error: unknown): void;
}

/** Events that are stored together. */
class Group {
  readonly events: KeyedEvent[] = [];
  readonly lines: string[] = [];
  readonly #owners: { readonly batch: Batch; readonly index: number }[] = [];
  readonly deadline = Date.now() + PATIENCE_MS;
  characters = 0;
  /** By index, when it is stored. */
  refused: ReadonlyMap<number, string> = new Map();

  add(event: KeyedEvent, batch: Batch, index: number): void {
    const line = eventLine(event);
    this.events.push(event);
    this.lines.push(line);
    this.characters += line.length;
    this.#owners.push({ batch, index });
  }

  resolve(): void {
    for (const [at, { batch, index }] of this.#owners.entries()) {
      batch.refusals[index] = this.refused.get(at);
      if (--batch.left === 0) batch.resolve(batch.refusals);
    }
  }

  reject(error: unknown): void {
    for (const { batch } of this.#owners) batch.reject(error);
  }
}

export class GroupCommit {
  readonly #client: InfluxClient;
  readonly #touches: Touches;
  readonly #onFailure: (error: Error) => void;
  #full: Group[] = [];
  #filling = new Group();
  #waiting = 0;
  #waitingCharacters = 0;
  #scheduled = false;
  readonly #lanes = new Set<Promise<void>>();

  /** `onFailure` hears why a body could not be stored. */
  constructor(client: InfluxClient, touches: Touches, onFailure: (error: Error) => void) {
    this.#client = client;
    this.#touches = touches;
    this.#onFailure = onFailure;
  }

  /** Resolves when all events but those refused are durable. Throws `StoreUnavailableError` and `OverloadedError`. */
  write(events: readonly KeyedEvent[]): Promise<Refusals> {
    if (events.length === 0) return Promise.resolve([]);
    if (this.#waiting > MOST_WAITING || this.#waitingCharacters > MOST_WAITING_CHARACTERS) {
      return Promise.reject(new OverloadedError(`${this.#waiting} events wait to be stored`));
    }
    return new Promise((resolve, reject) => {
      const batch: Batch = { refusals: new Array(events.length), left: events.length, resolve, reject };
      for (const [index, event] of events.entries()) this.#add(event, batch, index);
      this.#schedule();
    });
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  #add(event: KeyedEvent, batch: Batch, index: number): void {
    if (this.#filling.events.length >= MOST_IN_GROUP) this.#seal();
    if (this.#filling.events.length === 0) this.#filling = new Group();
    const before = this.#filling.characters;
    this.#filling.add(event, batch, index);
    this.#waiting++;
    this.#waitingCharacters += this.#filling.characters - before;
  }

  #seal(): void {
    this.#full.push(this.#filling);
    this.#filling = new Group();
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
    if (this.#lanes.size >= LANES) return;
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

  /** Stores one group after the other, each with the marks of the one before. Never rejects. */
  async #run(first: Group): Promise<void> {
    let stored: Group | undefined;
    for (let group: Group | undefined = first; group !== undefined || stored !== undefined; group = this.#next()) {
      const marked = this.#touches.take(stored?.events ?? []);
      try {
        await this.#store(group, marked, stored?.deadline);
        stored?.resolve();
        stored = group;
      } catch (error) {
        stored?.reject(error);
        group?.reject(error);
        this.#touches.owe(marked);
        this.#touches.owe(containersOf(group?.events ?? []));
        stored = undefined;
        this.#onFailure(error as Error);
      }
      if (group !== undefined) this.#leave(group);
    }
  }

  async #store(group: Group | undefined, marked: ReadonlyMap<string, number>, deadline?: number): Promise<void> {
    const refused = await deliver(this.#client, this.#client.bucket, {
      lines: group?.lines ?? [],
      marks: () => this.#touches.lines(marked),
      deadline: deadline ?? group?.deadline ?? 0,
    });
    if (group !== undefined) group.refused = refused;
  }

  #leave({ events, characters }: Group): void {
    this.#waiting -= events.length;
    this.#waitingCharacters -= characters;
  }
}
