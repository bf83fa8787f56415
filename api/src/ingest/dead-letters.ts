/** Keeps what could not be taken from senders who don't read answers, within bounds for each device. */

import { isUtf8 } from 'node:buffer';
import type { Problem } from '@fleet/contract';
import type { Registry } from '../registry.ts';
import { DEAD_LETTER_MAX, DEAD_LETTERS_PER_DEVICE, type DeadLetter, deadLetterId } from './dead-letter.ts';

/** Something to be kept. */
export interface Undeliverable {
  readonly device: string;
  /** What it was sent as. */
  readonly via: DeadLetter['via'];
  readonly bytes: Buffer;
  readonly problem: Problem;
  /** What the sender said beside the bytes, needed to send them again. */
  readonly context: DeadLetter['context'];
}

export class DeadLetters {
  readonly #registry: Registry;
  readonly #now: () => number;

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** Keeps it, or where the device has too many already, counts it. The same again changes nothing. */
  async keep({ device, via, bytes, problem, context }: Undeliverable): Promise<void> {
    const id = deadLetterId(device, bytes);
    if ((await this.#registry.get('dead-letter', id)) !== undefined) return;
    if ((await this.#registry.count('dead-letter', device)) >= DEAD_LETTERS_PER_DEVICE) {
      await this.#countOnly(device);
      return;
    }
    const kept = bytes.subarray(0, DEAD_LETTER_MAX);
    const encoding = isUtf8(kept) ? 'utf8' : 'base64';
    const body: DeadLetter = {
      device,
      via,
      context,
      slug: problem.slug,
      errors: problem.errors ?? [{ pointer: '', detail: problem.detail }],
      body: kept.toString(encoding),
      encoding,
      truncated: kept.length < bytes.length,
    };
    await this.#registry.create({ kind: 'dead-letter', id, owner: device, at: this.#now(), body });
  }

  async #countOnly(device: string): Promise<void> {
    const kind = 'dead-letters-dropped';
    const known = await this.#registry.get(kind, device);
    const body = { count: (known?.body.count ?? 0) + 1 };
    await this.#registry.put({ kind, id: device, owner: device, at: this.#now(), body });
  }
}
