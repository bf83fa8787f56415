/** The keys in a mounted file, read again when it changes. A change that makes no sense is told, and changes nothing. */
import { readFileSync, statSync } from 'node:fs';
import type { FixedKey } from './directory.ts';
import { parseKeysFile } from './fixed-keys.ts';

export class KeysFile {
  readonly #path: string;
  readonly #onFault: (fault: string) => void;
  #changedAt = -1;
  #keys: readonly FixedKey[] = [];

  constructor(path: string, onFault: (fault: string) => void) {
    this.#path = path;
    this.#onFault = onFault;
    this.refresh();
  }

  get keys(): readonly FixedKey[] {
    return this.#keys;
  }

  /** Looks whether the file changed. */
  refresh(): void {
    try {
      const changedAt = statSync(this.#path).mtimeMs;
      if (changedAt === this.#changedAt) return;
      this.#changedAt = changedAt;
      const read = parseKeysFile(readFileSync(this.#path, 'utf8'));
      if (read.ok) this.#keys = read.value;
      else this.#onFault(`${this.#path} ${read.error}`);
    } catch (error) {
      this.#onFault((error as Error).message);
    }
  }
}
