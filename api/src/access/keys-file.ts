/** The keys in a mounted file, read again when it changes. A change that makes no sense is told, and changes nothing. */
import { readFileSync, statSync } from 'node:fs';
import type { FixedKey } from './directory.ts';
import { parseKeysFile } from './fixed-keys.ts';

export class KeysFile {
  readonly #path: string;
  readonly #onFault: (fault: string) => void;
  /** Which files were read, and when they were changed last. */
  #seen: ReadonlyMap<string, number> = new Map();
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
      statSync(this.#path);
      if (this.#seen.size > 0 && [...this.#seen].every(([path, at]) => Object.is(changedAt(path), at)))
        return this.#fault;
      const seen = new Map([[this.#path, changedAt(this.#path)]]);
      const read = parseKeysFile(readFileSync(this.#path, 'utf8'), (path) => {
        seen.set(path, changedAt(path));
        return keyIn(path);
      });
      this.#seen = seen;
      if (!read.ok) return `${this.#path} ${read.error.join('; ')}`;
      this.#keys = read.value;
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** The key in a file; nothing where there is no such file yet. */
export function keyIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
}
