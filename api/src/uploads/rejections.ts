/** Lines of a chunk that can't be stored: the first ones with what is wrong, the others counted, so that memory is bounded. */
import type { Problem } from '@fleet/contract';
import type { RejectedLine } from './records.ts';

/** Lines that are listed. */
const MOST_LISTED = 1_000;
/** Faults that are told of a line. */
const MOST_FAULTS = 10;

export class Rejections {
  readonly #listed: RejectedLine[] = [];
  #count = 0;

  add(line: number, seq: number | null, { slug, detail, errors = [{ pointer: '', detail }] }: Problem): void {
    this.#count++;
    if (this.#listed.length < MOST_LISTED) this.#listed.push({ line, seq, slug, errors: errors.slice(0, MOST_FAULTS) });
  }

  get count(): number {
    return this.#count;
  }

  /** The listed ones, in order. */
  get listed(): readonly RejectedLine[] {
    return this.#listed.toSorted((a, b) => a.line - b.line);
  }
}
