/** Values of options, from text. */
import { parseDuration } from '@fleet/env';
import { InvalidArgumentError } from 'commander';

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
