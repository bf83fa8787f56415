/** Tokens as settings, a line each: what `EnvironmentFile=`, `--env-file` and Secrets of Kubernetes take. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import type { Token } from './tokens.ts';

/** Lines `NAME=token`. */
export function settingLines(tokens: readonly Token[]): string {
  return tokens.map(({ setting, token }) => `${setting}=${token}\n`).join('');
}

/** Tokens by the names of their settings, all of them. Throws where InfluxDB does not tell one. */
export function settingsOf(tokens: readonly Token[]): Readonly<Record<string, string>> {
  const entries = tokens.map(({ setting, token }) => {
    if (token === undefined) throw new CommandError(`InfluxDB does not tell ${setting} again: --rotate makes another`);
    return [setting, token] as const;
  });
  return Object.fromEntries(entries);
}

/** Writes them to a file that only its owner may read, all or none. */
export function writeTokensFile(path: string, tokens: readonly Token[]): void {
  settingsOf(tokens);
  const part = `${path}.part`;
  rmSync(part, { force: true });
  writeFileSync(part, settingLines(tokens), { mode: 0o600, flag: 'wx' });
  renameSync(part, path);
}
