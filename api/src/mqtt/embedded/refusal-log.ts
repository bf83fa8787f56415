/** Logs who was turned away, within bounds: whoever tries on and on, as devices do, must not fill a disk. */
import type { Logger } from 'pino';
import type { Refusal } from './reception.ts';

/** How long the same is not said again, milliseconds. */
const QUIET_MS = 60_000;
/** What is said in that time; further ones are counted. */
const MOST_SAID = 60;
/** A topic may have 64 KiB. */
const LONGEST = 200;

export class RefusalLog {
  readonly #log: Pick<Logger, 'warn'>;
  #said = new Set<string>();
  #unsaid = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  note({ user, client, reason }: Refusal): void {
    this.#timer ??= setTimeout(() => this.#sum(), QUIET_MS).unref();
    const what = JSON.stringify([cut(user), cut(reason)]);
    if (this.#said.has(what) || this.#said.size >= MOST_SAID) {
      this.#unsaid++;
      return;
    }
    this.#said.add(what);
    this.#log.warn({ user: cut(user), client: cut(client), reason: cut(reason) }, 'mqtt: turned away');
  }

  /** Says how often there was more, and begins anew. */
  #sum(): void {
    if (this.#unsaid > 0) {
      this.#log.warn(
        { count: this.#unsaid },
        `mqtt: turned away so often beside what was said in ${QUIET_MS / 1_000} s`,
      );
    }
    this.#said = new Set();
    this.#unsaid = 0;
    this.#timer = undefined;
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
