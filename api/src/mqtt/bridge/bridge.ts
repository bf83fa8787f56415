/**
 * The subscriber to an existing broker: takes what comes, many messages at a time, acknowledges each when it is durable,
 * and comes back whenever the connection ends. One for a broker: its session belongs to its client id.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { MessageTaker } from '../message-taker.ts';
import { Intake } from './intake.ts';
import { Link, type LinkOptions } from './link.ts';

export interface BridgeOptions extends Omit<LinkOptions, 'onMessages'> {
  readonly filters: readonly string[];
  readonly taker: MessageTaker;
  /** Hears that it is connected. */
  readonly onConnected: () => void;
  /** Hears that it is not, and why; again for every try. */
  readonly onLost: (error: Error | undefined) => void;
}

/** Times between two tries to connect, milliseconds: doubled each time, with jitter. */
const FIRST_WAIT_MS = 1_000;
const MOST_WAIT_MS = 60_000;
/** A connection that held so long was a good one. */
const GOOD_MS = 10_000;

export class Bridge {
  readonly #options: BridgeOptions;
  readonly #stopping = new AbortController();
  #link: Link | undefined;
  #intake: Intake;
  #running: Promise<void> = Promise.resolve();

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#intake = this.#newIntake();
  }

  /** Connects, and keeps at it. */
  start(): void {
    this.#running = this.#run();
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Messages that wait for their commit. */
  get waiting(): number {
    return this.#intake.waiting;
  }

  /** Resolves when the broker has it; rejects while there is no connection. */
  async publish(topic: string, payload: string, retain = false): Promise<void> {
    if (this.#link === undefined) throw new Error('the broker is not connected');
    await this.#link.publish(topic, payload, retain);
  }

  /** Takes nothing more in; resolves when all that was taken is acknowledged, or can't be now. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    this.#link?.ignoreMessages();
    await this.#intake.empty();
  }

  /** Says goodbye. */
  async stop(): Promise<void> {
    await this.drain();
    await this.#link?.end();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
      const { wasGood, error } = await this.#connectOnce();
      if (wasGood) waitMs = FIRST_WAIT_MS;
      if (signal.aborted) return;
      this.#options.onLost(error);
      await pause(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
    }
  }

  /** One connection, from its beginning to its end. */
  async #connectOnce(): Promise<{ wasGood: boolean; error: Error | undefined }> {
    const began = performance.now();
    const intake = this.#newIntake();
    this.#intake = intake;
    let link: Link | undefined;
    try {
      const onMessages: LinkOptions['onMessages'] = (from, packets) => intake.take(from, packets);
      link = await Link.open({ ...this.#options, onMessages }, this.#stopping.signal);
      await link.subscribe(this.#options.filters);
      this.#link = link;
      this.#options.onConnected();
      if (this.#stopping.signal.aborted) await link.end();
      const error = await link.closed;
      return { wasGood: link.acknowledged > 0 || performance.now() - began > GOOD_MS, error };
    } catch (error) {
      await link?.end();
      return { wasGood: false, error: error as Error };
    } finally {
      this.#link = undefined;
    }
  }

  #newIntake(): Intake {
    return new Intake(this.#options.taker, this.#stopping.signal);
  }
}
