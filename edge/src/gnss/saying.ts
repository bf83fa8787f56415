/** What a line of a receiver tells. */
import type { SignalName } from '@fleet/contract';

export interface Saying {
  /** Whether it knows where it is; undefined where the line is about something else. */
  readonly fix?: boolean;
  /** UTC, milliseconds since 1970; only with a fix, before that it is a guess. */
  readonly utcMs?: number;
  readonly values: Readonly<Partial<Record<SignalName, number>>>;
}

/** Reads a line; undefined where it tells nothing. */
export type LineReader = (line: string) => Saying | undefined;

/** Values that are there: receivers leave out, or leave empty, what they don't know. */
export function known(values: Readonly<Partial<Record<SignalName, unknown>>>): Saying['values'] {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value))) as Saying['values'];
}
