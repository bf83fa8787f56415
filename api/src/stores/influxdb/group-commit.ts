/**
 * Gathers events of many callers into bodies that are written together: InfluxDB syncs its log once a request. While a
 * body is under way the next fills up, so bodies are as large as the load makes them.
 */
import type { KeyedEvent } from '../../ports.ts';
import { OverloadedError, StoreUnavailableError } from '../../ports.ts';
import type { InfluxClient } from './client.ts';
import { CustomSignals } from './custom-signals.ts';
import { deliver } from './delivery.ts';
import { eventLine } from './event-line.ts';
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
/** How often marks are closed, milliseconds. */
const CLOSE_EVERY_MS = 1_000;
/** What waits to be stored is bounded, so that memory is. */
const MOST_WAITING = 50_000;
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

/** Events of a batch, one after the other, that are in one group. */
interface Stretch {
  readonly batch: Batch;
  /** Where they begin in the batch, and in the group. */
  readonly from: number;
  readonly at: number;
  count: number;
}

/** Events that are stored together. */
class Group {
  readonly events: KeyedEvent[] = [];
  readonly lines: string[] = [];
  readonly #stretches: Stretch[] = [];
  readonly deadline = Date.now() + PATIENCE_MS;
  characters = 0;

  add(event: KeyedEvent, batch: Batch, index: number): void {
    const line = eventLine(event);
    const last = this.#stretches.at(-1);
    if (last?.batch === batch) last.count++;
    else this.#stretches.push({ batch, from: index, at: this.events.length, count: 1 });
    this.events.push(event);
    this.lines.push(line);
    this.characters += line.length;
  }

  /** `refused` says by index why. */
  resolve(refused: ReadonlyMap<number, string>): void {
    for (const { batch, from, at, count } of this.#stretches) {
      for (let offset = 0; refused.size > 0 && offset < count; offset++) {
        batch.refusals[from + offset] = refused.get(at + offset);
      }
      batch.left -= count;
      if (batch.left === 0) batch.resolve(batch.refusals);
    }
  }

  reject(error: unknown): void {
    for (const { batch } of this.#stretches) batch.reject(error);
  }
}

export class GroupCommit {
  readonly #client: InfluxClient;
  readonly #touches: Touches;
  readonly #customSignals = new CustomSignals();
  readonly #onFailure: (error: Error) => void;
  #full: Group[] = [];
  #filling = new Group();
  #waiting = 0;
  #waitingCharacters = 0;
  #scheduled = false;
  readonly #lanes = new Set<Promise<void>>();
  readonly #closing: NodeJS.Timeout;

  /** `onFailure` hears why a body could not be stored. */
  constructor(client: InfluxClient, touches: Touches, onFailure: (error: Error) => void) {
    this.#client = client;
    this.#touches = touches;
    this.#onFailure = onFailure;
    this.#closing = setInterval(() => void this.#close(this.#touches.closing()), CLOSE_EVERY_MS).unref();
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
    clearInterval(this.#closing);
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
    await this.#close(this.#touches.closing(true));
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
        group.resolve(await this.#store(group));
      } catch (error) {
        group.reject(error);
        this.#onFailure(error as Error);
      }
      this.#leave(group);
    }
  }

  async #store({ events, lines, deadline }: Group): Promise<ReadonlyMap<number, string>> {
    const cover = this.#touches.cover(containersOf(events));
    const notes = this.#customSignals.notesFor(events);
    const parcel = { lines, marks: () => [...cover.lines(), ...notes.lines], deadline };
    const refused = await deliver(this.#client, this.#client.bucket, parcel).catch((error) => {
      cover.lost();
      throw error;
    });
    notes.stored();
    if (!cover.stored()) throw new StoreUnavailableError('InfluxDB took too long');
    return refused;
  }

  /** Where it fails, they are done with in time. */
  async #close(marks: readonly string[]): Promise<void> {
    if (marks.length > 0) await this.#client.write(this.#client.bucket, marks.join('\n')).catch(() => {});
  }

  #leave({ events, characters }: Group): void {
    this.#waiting -= events.length;
    this.#waitingCharacters -= characters;
  }
}
