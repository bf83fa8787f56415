/** Secrets in files: `API_KEY_FILE=/run/secrets/key` says the same as `API_KEY` with what the file holds. */
import { readFileSync } from 'node:fs';
import type { SettingsSpec } from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment in which every secret stands itself, and what is wrong with the files, a line each. */
export interface WholeEnvironment {
  readonly env: Environment;
  readonly errors: readonly string[];
}

/** Reads the file of each secret of a table that has one. Done again it changes nothing. */
export function withSecretFiles(spec: SettingsSpec, env: Environment): WholeEnvironment {
  const whole: Record<string, string | undefined> = { ...env };
  const errors: string[] = [];
  for (const [name, { secret }] of Object.entries(spec)) {
    const file = `${name}_FILE`;
    const path = secret ? env[file]?.trim() : undefined;
    if (!path) continue;
    delete whole[file];
    if (env[name]?.trim()) errors.push(`${name} and ${file} are both set: leave one of them out`);
    else errors.push(...readInto(whole, name, path));
  }
  return { env: whole, errors };
}

/** The files of the secrets that have one, by the names of the settings. */
export function secretFilesOf(spec: SettingsSpec, env: Environment): Readonly<Record<string, string>> {
  const entries = Object.entries(spec).flatMap(([name, { secret }]) => {
    const path = secret ? env[`${name}_FILE`]?.trim() : undefined;
    return path ? [[name, path] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Takes what a file holds for a secret; what is wrong with it, if anything. */
function readInto(env: Record<string, string | undefined>, name: string, path: string): string[] {
  try {
    env[name] = readFileSync(path, 'utf8').trim();
    return env[name] === '' ? [`${name}_FILE=${path} is empty`] : [];
  } catch (error) {
    return [`${name}_FILE=${path} can not be read: ${(error as Error).message}`];
  }
}
