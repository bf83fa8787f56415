/** Events of several calls that are stored together, and what their callers hear. */
import type { KeyedEvent } from '../../ports.ts';
import { type EventLines, eventLine } from './event-line.ts';

/** Why each event of a call was refused, in InfluxDB's words; undefined for one that is durable. */
export type Refusals = readonly (string | undefined)[];

/** What became of events, by index: as in `Refusals`. */
export type Fates = ReadonlyMap<number, string | undefined>;

/** The events of one call. */
export class Batch {
  readonly refusals: (string | undefined)[];
  readonly #resolve: (refusals: Refusals) => void;
  readonly reject: (error: unknown) => void;
  #left: number;

  constructor(count: number, resolve: (refusals: Refusals) => void, reject: (error: unknown) => void) {
    this.refusals = new Array(count);
    this.#left = count;
    this.#resolve = resolve;
    this.reject = reject;
  }

  /** So many more of them are done with. */
  settled(count: number): void {
    this.#left -= count;
    if (this.#left === 0) this.#resolve(this.refusals);
  }
}

/** Events of a batch, one after the other, that are in one group. */
interface Stretch {
  readonly batch: Batch;
  /** Where they begin in the batch, and in the group. */
  readonly from: number;
  readonly at: number;
  count: number;
}

export class Group {
  readonly events: KeyedEvent[] = [];
  readonly #lines: EventLines;
  readonly #stretches: Stretch[] = [];
  /** No try to store it begins after this but the first, milliseconds since 1970. */
  deadline = Number.POSITIVE_INFINITY;

  /** `lines` are its own from now on, until it is done with. */
  constructor(lines: EventLines) {
    this.#lines = lines;
    lines.clear();
  }

  /** What it had its lines in; it is done with. */
  takeLines(): EventLines {
    return this.#lines;
  }

  /** Calls that have events in it. */
  get callers(): number {
    return this.#stretches.length;
  }

  /** The next event of a batch, which has this index there. */
  add(event: KeyedEvent, batch: Batch, index: number): void {
    const last = this.#stretches.at(-1);
    if (last?.batch === batch) last.count++;
    else this.#stretches.push({ batch, from: index, at: this.events.length, count: 1 });
    this.events.push(event);
    this.#lines.add(event);
  }

  /** Their lines, each with its end. */
  get lines(): Buffer {
    return this.#lines.bytes;
  }

  /** Bytes of their lines. */
  get bytes(): number {
    return this.#lines.length;
  }

  /** The lines of some of them. */
  linesOf(indices: readonly number[]): string[] {
    return indices.map((index) => eventLine(this.events[index] as KeyedEvent));
  }

  /** The indices of the events of each vehicle. */
  byVehicle(): (readonly number[])[] {
    const vehicles = new Map<string, number[]>();
    for (const [index, { vehicle }] of this.events.entries()) {
      const own = vehicles.get(vehicle);
      if (own === undefined) vehicles.set(vehicle, [index]);
      else own.push(index);
    }
    return [...vehicles.values()];
  }

  /** All are durable. */
  stored(): void {
    for (const { batch, count } of this.#stretches) batch.settled(count);
  }

  /** Some are done with. */
  settle(fates: Fates): void {
    for (const { batch, from, at, count } of this.#stretches) {
      let known = 0;
      for (let offset = 0; offset < count; offset++) {
        if (!fates.has(at + offset)) continue;
        batch.refusals[from + offset] = fates.get(at + offset);
        known++;
      }
      if (known > 0) batch.settled(known);
    }
  }

  /** Nobody knows what became of them, or of these. */
  reject(error: unknown, indices?: ReadonlySet<number>): void {
    for (const { batch, at, count } of this.#stretches) {
      for (let index = at; index < at + count; index++) if (indices?.has(index) ?? true) batch.reject(error);
    }
  }
}
