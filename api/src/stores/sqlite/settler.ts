/**
 * Sees to it that trips show what was written before anyone reads them: keeps in mind which vehicles changed, and has
 * them worked out when somebody asks, or when nothing came for a while.
 */
import { StoreUnavailableError } from '../../ports.ts';
import { keyOf } from './protocol.ts';
import type { ReaderMethods } from './reader-methods.ts';
import type { Part } from './thread.ts';
import type { WriterMethods } from './writer-methods.ts';

/** A vehicle to which nothing came for so long is worked out unasked. Shorter would wear SD cards for nothing. */
const QUIET_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

export class Settler {
  readonly #writer: Part<WriterMethods>;
  readonly #reader: Part<ReaderMethods>;
  /** When each vehicle that is not worked out last changed. */
  readonly #changed = new Map<string, { readonly at: number }>();
  readonly #revisions = new Map<string, number>();
  #revision = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #ended = false;
  readonly #timer: NodeJS.Timeout;

  constructor(writer: Part<WriterMethods>, reader: Part<ReaderMethods>, vehicles: readonly string[]) {
    this.#writer = writer;
    this.#reader = reader;
    this.changed(vehicles);
    this.#timer = setInterval(() => void this.#settleQuiet().catch(() => {}), LOOK_EVERY_MS).unref();
  }

  /** A number for each vehicle, another one after every change. */
  get revisions(): ReadonlyMap<string, number> {
    return this.#revisions;
  }

  /** Something of these vehicles (one names) was committed. */
  changed(vehicles: Iterable<string>): void {
    this.#revision++;
    const change = { at: Date.now() };
    for (const vehicle of vehicles) {
      this.#changed.set(vehicle, change);
      this.#revisions.set(vehicle, this.#revision);
    }
  }

  /** Something changed that may concern any vehicle. */
  allChanged(): void {
    this.changed([...this.#revisions.keys()]);
  }

  /** Resolves when trips show all that was committed before, of these vehicles or all. */
  async settle(vehicles?: readonly string[]): Promise<void> {
    const concerned = vehicles?.filter((vehicle) => this.#changed.has(vehicle)) ?? [...this.#changed.keys()];
    if (concerned.length === 0) return;
    const before = new Map(concerned.map((vehicle) => [vehicle, this.#changed.get(vehicle)]));
    const done = new Set<string>();
    while (await this.#inTurn(() => this.#settleSome(concerned, done)));
    for (const [vehicle, change] of before) {
      if (this.#changed.get(vehicle) === change) this.#changed.delete(vehicle);
    }
  }

  /** Stops looking; resolves when what was begun is done. Those who wait for more are told that the store is closed. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    this.#ended = true;
    await this.#turn;
  }

  /** One after the other, and a little at a time: nobody waits for all that others have to have settled. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#ended) throw new StoreUnavailableError('the store is closed');
      return work();
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Settles a little, and notes in `done` what; false where nothing is left. */
  async #settleSome(vehicles: readonly string[], done: Set<string>): Promise<boolean> {
    const at = await this.#writer.call('mark');
    const first = await this.#reader.call('derive', vehicles, done);
    for (let portion = first; portion.length > 0; portion = await this.#reader.call('nextPortion')) {
      for (const settled of portion.flatMap((derived) => derived.settled)) {
        if (settled.remaining_from_ts === null) done.add(keyOf(settled));
      }
      await this.#writer.call('apply', portion, at);
    }
    return first.length > 0;
  }

  async #settleQuiet(): Promise<void> {
    const quiet = [...this.#changed].filter(([, { at }]) => Date.now() - at >= QUIET_MS).map(([vehicle]) => vehicle);
    if (quiet.length > 0) await this.settle(quiet);
  }
}
