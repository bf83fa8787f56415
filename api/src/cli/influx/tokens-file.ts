/** Tokens as settings, a line each: what `EnvironmentFile=`, `--env-file` and Secrets of Kubernetes take. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import type { Token } from './tokens.ts';

/** Lines `NAME=token`. */
export function settingLines(tokens: readonly Token[]): string {
  return tokens.map(({ setting, token }) => `${setting}=${token}\n`).join('');
}

/** Writes them to a file that only its owner may read, all or none. */
export function writeTokensFile(path: string, tokens: readonly Token[]): void {
  const hidden = tokens.find(({ token }) => token === undefined);
  if (hidden !== undefined) {
    throw new CommandError(`InfluxDB does not tell ${hidden.setting} again: --rotate makes another`);
  }
  const part = `${path}.part`;
  rmSync(part, { force: true });
  writeFileSync(part, settingLines(tokens), { mode: 0o600, flag: 'wx' });
  renameSync(part, path);
}
