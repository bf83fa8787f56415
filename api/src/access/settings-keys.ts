/** The keys of the settings `API_KEY` and `ADMIN_TOKEN`; those that came from files are read again when these change. */
import { SecretFile } from '../secret-file.ts';
import type { FixedKey } from './directory.ts';
import { keysOfSettings } from './fixed-keys.ts';

/** What the settings say of them. */
export interface KeySettings {
  readonly API_KEY: string | undefined;
  readonly ADMIN_TOKEN: string | undefined;
  readonly SECRET_FILES: Readonly<Record<string, string>>;
}

export class SettingsKeys {
  readonly #read: () => FixedKey[];
  #keys: readonly FixedKey[];

  constructor({ API_KEY, ADMIN_TOKEN, SECRET_FILES: files }: KeySettings) {
    const apiKey = readerOf(files['API_KEY'], API_KEY);
    const adminToken = readerOf(files['ADMIN_TOKEN'], ADMIN_TOKEN);
    this.#read = () => keysOfSettings(apiKey(), adminToken());
    this.#keys = this.#read();
  }

  get keys(): readonly FixedKey[] {
    return this.#keys;
  }

  refresh(): void {
    this.#keys = this.#read();
  }
}

function readerOf(path: string | undefined, text: string | undefined): () => string | undefined {
  if (path === undefined || text === undefined) return () => text;
  const file = new SecretFile(path, text);
  return () => file.read();
}
