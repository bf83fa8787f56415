/** Whether the server can keep its promise now: commit what comes, with a clock that can be true. */
import { type Problem, problem } from '@fleet/contract';
import type { EventStore } from '../ports.ts';

/** How often a store that failed is tried again, milliseconds. */
const RETRY_MS = 1_000;

export const CLOCK_NOT_SET = 'the clock is before the day this program was built: set it';

export interface ReadinessParts {
  readonly store: EventStore;
  readonly now: () => number;
  /** When this program was built, milliseconds since 1970: an earlier clock was never set. */
  readonly builtAt: number;
  /** Whether other processes work with the same store. */
  readonly isShared: boolean;
  /** Whether everything else is reached that this process is for. */
  readonly isReached: () => boolean;
}

export class Readiness {
  readonly #parts: ReadinessParts;
  #storeFault: string | undefined;
  #draining = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  /**
   * Why nobody should be sent here; undefined where they should. Of a store that all processes share none of them can do
   * without: if each said so, nobody would be left to tell senders when to come again.
   */
  refusal(): Problem | undefined {
    return this.#faultWith(this.#parts.isShared ? undefined : this.#storeFault);
  }

  /** Why the server is not ready; undefined where it is. */
  fault(): Problem | undefined {
    return this.#faultWith(this.#storeFault);
  }

  #faultWith(storeFault: string | undefined): Problem | undefined {
    if (this.#draining) return problem('shutting-down', 'the server is about to stop');
    if (this.#parts.now() < this.#parts.builtAt) return problem('clock-not-set', CLOCK_NOT_SET);
    if (storeFault !== undefined) return problem('store-unavailable', storeFault);
    return this.#brokerFault();
  }

  #brokerFault(): Problem | undefined {
    return this.#parts.isReached() ? undefined : problem('broker-unavailable', 'the MQTT broker is not reached');
  }

  /** Something could not be stored: not ready until a commit succeeds. */
  storeFailed(detail: string): void {
    this.#storeFault = detail;
    this.#timer ??= setInterval(() => void this.#retry(), RETRY_MS).unref();
  }

  /** No new work from here on. */
  drain(): void {
    this.#draining = true;
    clearInterval(this.#timer);
  }

  async #retry(): Promise<void> {
    try {
      await this.#parts.store.probe();
      this.#storeFault = undefined;
      clearInterval(this.#timer);
      this.#timer = undefined;
    } catch (error) {
      this.#storeFault = (error as Error).message;
    }
  }
}
