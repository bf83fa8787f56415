/** A secret in a file, read again when the file changes: whoever turns keys over need not restart anything. */
import { readFileSync, statSync } from 'node:fs';

export class SecretFile {
  readonly #path: string;
  #changedAt: number | undefined;
  #text: string;

  /** Begins with what was read of it at the start. */
  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /** What it holds now; what it held before, while it can't be read. */
  read(): string {
    try {
      const { mtimeMs } = statSync(this.#path);
      if (mtimeMs !== this.#changedAt) this.#text = readFileSync(this.#path, 'utf8').trim() || this.#text;
      this.#changedAt = mtimeMs;
    } catch {
      // A file that is being replaced is there again at the next look.
    }
    return this.#text;
  }
}
