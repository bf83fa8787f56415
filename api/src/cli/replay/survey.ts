/** A first look at drives, before any event is sent. */
import { CommandError } from '../command-error.ts';
import { driveLines } from './drive-lines.ts';
import { Pace } from './pace.ts';

export interface Survey {
  readonly lines: number;
  /** The newest event's time, milliseconds since 1970; null where no line has one. */
  readonly newest: number | null;
  /** How long the replay takes at the wanted speed, milliseconds; 0 for as fast as can be. */
  readonly takesMs: number;
}

/** Reads all files once. Throws `CommandError` where there is nothing in them. */
export async function survey(files: readonly string[], speed: number | null): Promise<Survey> {
  const pace = new Pace(speed);
  let lines = 0;
  let newest: number | null = null;
  let takesMs = 0;
  for (const file of files) {
    for await (const { ts } of driveLines(file)) {
      lines++;
      takesMs = pace.next(ts);
      if (ts !== null) newest = Math.max(ts, newest ?? ts);
    }
  }
  if (lines === 0) throw new CommandError(`there is no line in ${files.join(', ')}`);
  return { lines, newest, takesMs };
}

/**
 * By how much times must be moved, milliseconds, so that the newest event is now when it is sent. Whole seconds, so that
 * events of a 1 Hz recording stay on theirs.
 */
export function shiftToNow({ newest, takesMs }: Survey, now: number): number {
  return newest === null ? 0 : Math.floor((now + takesMs - newest) / 1_000) * 1_000;
}
