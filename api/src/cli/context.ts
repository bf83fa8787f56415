/** What every command works with. */
import { type Config, loadConfig } from '../config.ts';
import { CommandError } from './command-error.ts';

export interface CommandContext {
  /** The settings: those of the server, since commands work in its folder. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes results. */
  readonly out: NodeJS.WriteStream;
  /** Takes progress and notes: not what others may want to read on. */
  readonly err: NodeJS.WriteStream;
  readonly input: NodeJS.ReadStream;
  readonly now: () => number;
  /** Says with which code the program ends when all is done. */
  readonly exitWith: (code: number) => void;
}

/** The settings of a server that keeps its things in a folder. Throws in words where they are wrong. */
export function loadFolderConfig({ env }: CommandContext): Config {
  const config = loadConfig(env);
  if (config.STORE === 'sqlite') return config;
  throw new CommandError(`STORE=${config.STORE} keeps nothing in a folder: this command works on STORE=sqlite`);
}
