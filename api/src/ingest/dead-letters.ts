/** Keeps what could not be taken from senders who don't read answers, within bounds for each device. */
import { isUtf8 } from 'node:buffer';
import type { Registry } from '../registry.ts';
import { DEAD_LETTER_MAX, DEAD_LETTERS_PER_DEVICE, type DeadLetter, deadLetterId } from './dead-letter.ts';
import { KeyedLock } from './keyed-lock.ts';

/** Something to be kept. */
export interface Undeliverable extends Pick<DeadLetter, 'device' | 'via' | 'context' | 'slug' | 'errors'> {
  readonly bytes: Buffer;
}

export class DeadLetters {
  readonly #registry: Registry;
  readonly #now: () => number;
  /** By device: what is counted must not change in between. */
  readonly #lock = new KeyedLock();

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** Keeps it, or where the device has too many already, counts it. The same again changes nothing. */
  async keep(letter: Undeliverable): Promise<void> {
    await this.#lock.hold(letter.device, () => this.#keep(letter));
  }

  /** Counts so many that are not kept. */
  async count(device: string, more: number): Promise<void> {
    if (more > 0) await this.#lock.hold(device, () => this.#count(device, more));
  }

  async #keep({ bytes, ...about }: Undeliverable): Promise<void> {
    const { device, via, context, slug, errors } = about;
    const id = deadLetterId(device, bytes);
    if ((await this.#registry.get('dead-letter', id)) !== undefined) return;
    if ((await this.#registry.count('dead-letter', device)) >= DEAD_LETTERS_PER_DEVICE) {
      await this.#count(device, 1);
      return;
    }
    const kept = bytes.subarray(0, DEAD_LETTER_MAX);
    const encoding = isUtf8(kept) ? 'utf8' : 'base64';
    const truncated = kept.length < bytes.length;
    const body: DeadLetter = { device, via, context, slug, errors, body: kept.toString(encoding), encoding, truncated };
    await this.#registry.create({ kind: 'dead-letter', id, owner: device, at: this.#now(), body });
  }

  async #count(device: string, more: number): Promise<void> {
    const kind = 'dead-letters-dropped';
    const known = await this.#registry.get(kind, device);
    const body = { count: (known?.body.count ?? 0) + more };
    await this.#registry.put({ kind, id: device, owner: device, at: this.#now(), body });
  }
}
