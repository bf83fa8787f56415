/** What every command works with. */
import { type Config, loadConfig } from '../config.ts';
import { readEnvFile } from './env-file.ts';

export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes results. */
  readonly out: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
  /** Says with which code the program ends. */
  readonly exitWith: (code: number) => void;
}

/** Options that every command has. */
export interface CommonOptions {
  /** The file of settings. */
  readonly env: string;
}

/** Why a command could not do what it was told, in one line with the mend. */
export class CommandError extends Error {}

/** The settings of the environment before those of the file. */
export function loadSettings(
  { env }: CommandContext,
  options: CommonOptions,
  more: Readonly<Record<string, string | undefined>> = {},
): Config {
  const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return loadConfig({ ...readEnvFile(options.env), ...env, ...given });
}
