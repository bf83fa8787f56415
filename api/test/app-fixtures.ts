/** What apps and dongles send, and what it holds: the fixtures that lie beside each format. */
import { readFileSync } from 'node:fs';
import type { Candidate, SignalLabel } from '../src/formats/format.ts';

/** A request of an app, and what it holds. */
export interface Fixture {
  readonly about: string;
  /** Where the request comes from. */
  readonly source: string;
  /** When it comes. */
  readonly now?: string;
  readonly request: {
    readonly method: 'GET' | 'POST';
    readonly query?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly candidates?: readonly Candidate[];
  readonly labels?: readonly SignalLabel[];
  readonly problem?: string;
}

export function fixturesOf(format: string): Fixture[] {
  return JSON.parse(readFileSync(new URL(`../src/formats/${format}.fixtures.json`, import.meta.url), 'utf8'));
}

export function bytesOf({ body }: Fixture['request']): Buffer {
  return Buffer.from(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
}
