/** Work that is done side by side and acknowledged in the order in which it began (MQTT 3.1.1 §4.6). */

interface Entry {
  settled: boolean;
  error: unknown;
  /** Acknowledges it; with an error where it must not be. */
  readonly finish: (error?: unknown) => void;
}

export class InOrder {
  #entries: Entry[] = [];
  /** Those before it are finished. */
  #first = 0;
  #whenEmpty: (() => void)[] = [];

  /** How much is under way. */
  get size(): number {
    return this.#entries.length - this.#first;
  }

  /** `finish` is called when the work is done and all that began before it is finished. */
  add(work: Promise<unknown>, finish: (error?: unknown) => void): void {
    const entry: Entry = { settled: false, error: undefined, finish };
    this.#entries.push(entry);
    const settle = (error?: unknown) => {
      entry.settled = true;
      entry.error = error;
      this.#advance();
    };
    work.then(() => settle(), settle);
  }

  /** Resolves when nothing is under way. */
  empty(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenEmpty.push(resolve));
  }

  #advance(): void {
    for (let entry = this.#entries[this.#first]; entry?.settled; entry = this.#entries[this.#first]) {
      this.#first++;
      entry.finish(entry.error);
    }
    if (this.#first < this.#entries.length) return;
    this.#entries = [];
    this.#first = 0;
    for (const resolve of this.#whenEmpty.splice(0)) resolve();
  }
}
