/** What is kept about offline uploads. Times are milliseconds since 1970. */
import type { Fault, Manifest, ProblemSlug } from '@fleet/contract';
import type { SeqRange } from '../ports.ts';

/** A trip that a device announced. */
export interface UploadRecord {
  readonly vehicle: string;
  readonly trip_id: string;
  /** Whatever the device said about it. */
  readonly meta: unknown;
  readonly started_at: string | null;
  /** The manifest that was found complete, and when. */
  readonly completed: { readonly at: number; readonly manifest: Manifest } | null;
}

/** A chunk that is stored. */
export interface ReceiptRecord {
  readonly no: number;
  /** SHA-256 of the body as it was sent, hexadecimal; several where the same lines came compressed otherwise. */
  readonly sha256: readonly string[];
  readonly size_bytes: number;
  /** SHA-256 of the lines. */
  readonly lines_sha256: string;
  /** Lines with an event, bad ones included. */
  readonly event_count: number;
  /** How many of them have no seq. */
  readonly unnumbered_count: number;
  /** The seqs of all others, ascending. */
  readonly seqs: readonly SeqRange[];
  /** Lines that were not stored, in order; where there are many, some of them. */
  readonly rejected: readonly RejectedLine[];
  readonly rejected_count: number;
}

/** A line that was not stored, and why. */
export interface RejectedLine {
  /** 1 for the first. */
  readonly line: number;
  readonly seq: number | null;
  readonly slug: ProblemSlug;
  readonly errors: readonly Fault[];
}
