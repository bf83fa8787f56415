/** Values of options, from text. */
import { readFileSync } from 'node:fs';
import { parseDuration } from '@fleet/env';
import { InvalidArgumentError, Option } from 'commander';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './context.ts';

/** Milliseconds of `90d` and the like. */
export function parsePositiveDuration(text: string): number {
  const ms = parseDuration(text) ?? 0;
  if (ms > 0) return ms;
  throw new InvalidArgumentError('It must be a duration as in 90s, 5m, 12h or 90d.');
}

/** A reader of whole numbers between two bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** The address of a server, without a slash at the end. */
export function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('It must be an address as in http://localhost:3000.');
}

/** `--url`, or `FLEET_URL`. */
export function urlOption(): Option {
  return new Option('--url <url>', 'where the server is')
    .env('FLEET_URL')
    .default('http://localhost:3000')
    .argParser(parseUrl);
}

/** `--key`, or `FLEET_KEY`, or what is in the file that `FLEET_KEY_FILE` names. */
export function keyOption({ env }: CommandContext, words: string): Option {
  const option = new Option('--key <key>', words).env('FLEET_KEY');
  const file = env['FLEET_KEY_FILE'];
  return file === undefined ? option.makeOptionMandatory() : option.default(keyIn(file), `what is in ${file}`);
}

function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`FLEET_KEY_FILE: ${(error as Error).message}`);
  }
}
