/** Folders of data: where a car was, and the secret that sessions are signed with, are their owner's alone. */
import { mkdirSync } from 'node:fs';

const OWNER_ONLY = 0o700;

/** Makes a folder, with those that it is in, which only its owner can look into. One that is there is left as it is. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY });
}
