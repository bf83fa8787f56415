/** The keys in a mounted file, read again when it changes. A change that makes no sense is told, and changes nothing. */
import { readFileSync, statSync } from 'node:fs';
import type { FixedKey } from './directory.ts';
import { parseKeysFile } from './fixed-keys.ts';

export class KeysFile {
  readonly #path: string;
  readonly #onFault: (fault: string) => void;
  #changedAt = -1;
  /** What was told last: the same again is no news. */
  #fault: string | undefined;
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
    const fault = this.#read();
    if (fault !== undefined && fault !== this.#fault) this.#onFault(fault);
    this.#fault = fault;
  }

  /** What is wrong with the file, if anything. */
  #read(): string | undefined {
    try {
      const changedAt = statSync(this.#path).mtimeMs;
      if (changedAt === this.#changedAt) return this.#fault;
      const read = parseKeysFile(readFileSync(this.#path, 'utf8'));
      this.#changedAt = changedAt;
      if (!read.ok) return `${this.#path} ${read.error.join('; ')}`;
      this.#keys = read.value;
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
