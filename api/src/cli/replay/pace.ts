/** When the events of a drive are due, if it is driven again at some speed. */

/** The longest time between two events of a drive that is waited for, milliseconds: nobody wants to sit out a night. */
const LONGEST_WAIT_MS = 5_000;

export class Pace {
  readonly #speed: number | null;
  #last: number | null = null;
  #due = 0;

  /** `speed`: 1 for as it was driven, null for as fast as can be. */
  constructor(speed: number | null) {
    this.#speed = speed;
  }

  /** When the next event is due, milliseconds after the start; `ts` is its time. */
  next(ts: number | null): number {
    if (this.#speed === null || ts === null) return this.#due;
    const step = this.#last === null ? 0 : Math.max(0, ts - this.#last);
    this.#last = ts;
    this.#due += Math.min(step / this.#speed, LONGEST_WAIT_MS);
    return this.#due;
  }
}
