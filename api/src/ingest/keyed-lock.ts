/** Lets one at a time do what concerns the same thing. */
export class KeyedLock {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the work when nobody else does any for this key. */
  async hold<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const own = before.then(work, work);
    this.#last.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#last.get(key) === own) this.#last.delete(key);
    }
  }
}
