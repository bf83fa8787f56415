/** Seqs in any order as ranges: memory grows with the gaps among them, not with the events. */
import type { SeqRange } from '../ports.ts';
import { seqRanges, unionOfRanges } from '../trips/seq-ranges.ts';

/** Seqs that are folded into ranges at once. */
const FOLDED_AT_ONCE = 5_000;

export class SeqCollector {
  #ranges: readonly SeqRange[] = [];
  #fresh: number[] = [];

  add(seq: number): void {
    this.#fresh.push(seq);
    if (this.#fresh.length >= FOLDED_AT_ONCE) this.#fold();
  }

  /** All seqs so far, ascending. */
  get ranges(): readonly SeqRange[] {
    this.#fold();
    return this.#ranges;
  }

  /** How many ranges there are at least. */
  get size(): number {
    return this.#ranges.length;
  }

  #fold(): void {
    const fresh = this.#fresh.sort((a, b) => a - b);
    this.#fresh = [];
    this.#ranges = unionOfRanges([this.#ranges, seqRanges(fresh)]);
  }
}
