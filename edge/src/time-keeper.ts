/** Keeps what time it is, and tells the outbox when it learns better. */
import type { Outbox } from './outbox/outbox.ts';
import type { Clock, Log } from './ports.ts';
import { type Doubt, type KnownTime, learnTime, type TimeSource } from './trip/time.ts';

export class TimeKeeper {
  readonly #clock: Clock;
  readonly #floorMs: number;
  readonly #log: Log;
  #known: KnownTime | null = null;
  #doubt: Doubt | null = null;
  #outbox: Outbox | undefined;

  /** Nothing before `floorMs` is believed. */
  constructor(clock: Clock, floorMs: number, log: Log) {
    this.#clock = clock;
    this.#floorMs = floorMs;
    this.#log = log;
  }

  /** From now on this outbox is told; what it knew of this boot counts. */
  attach(outbox: Outbox): void {
    this.#outbox = outbox;
    this.#known = outbox.known;
    this.hearSystem();
  }

  get known(): KnownTime | null {
    return this.#known;
  }

  /** UTC as far as it is known, milliseconds since 1970. */
  utcNow(): number {
    return this.utcAt(this.#clock.monoMs());
  }

  /** The same for an instant of this boot. */
  utcAt(monoMs: number): number {
    return monoMs + (this.#known?.offsetMs ?? this.#clock.systemMs() - this.#clock.monoMs());
  }

  hearSystem(): void {
    this.hear('system', this.#clock.systemMs());
  }

  hear(source: TimeSource, utcMs: number): void {
    const saying = { source, utcMs, monoMs: this.#clock.monoMs() };
    const step = learnTime(this.#known, saying, this.#floorMs, this.#doubt);
    this.#doubt = step.doubt;
    if (step.known === null || step.known === this.#known) return;
    try {
      this.#outbox?.noteTime(step.known, step.retime);
    } catch {
      // The outbox says why by itself; the next saying tries again.
      return;
    }
    if (step.known.offsetMs !== this.#known?.offsetMs) {
      this.#log.info(
        `the time is ${new Date(this.#clock.monoMs() + step.known.offsetMs).toISOString()}, says ${source}`,
      );
    }
    this.#known = step.known;
  }
}
