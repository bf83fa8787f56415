/** Something that could not be taken from a sender who does not read answers: kept, so that it is not lost. */
import { createHash } from 'node:crypto';
import type { Fault, ProblemSlug } from '@fleet/contract';

export interface DeadLetter {
  /** The name of the device it came from. */
  readonly device: string;
  /** What it was sent as: a chunk, a message of MQTT, or the name of an app's format. */
  readonly via: string;
  /** What the sender said beside the bytes, needed to send them again. */
  readonly context: { readonly trip_id?: string };
  readonly slug: ProblemSlug;
  readonly errors: readonly Fault[];
  /** What was sent, cut to `DEAD_LETTER_MAX` bytes; as text where it is UTF-8, else in base64. */
  readonly body: string;
  readonly encoding: 'utf8' | 'base64';
  readonly truncated: boolean;
}

/** Most bytes of a body that are kept. */
export const DEAD_LETTER_MAX = 64 * 1_024;

/** Most letters that are kept for a device; beyond that they are counted only. */
export const DEAD_LETTERS_PER_DEVICE = 1_000;

/** The id of a letter: the same bytes of the same device again change nothing. */
export function deadLetterId(device: string, body: Uint8Array): string {
  return createHash('sha256').update(device).update('\0').update(body).digest('hex').slice(0, 32);
}
