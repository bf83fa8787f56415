/**
 * What time it is, on a machine without a clock battery. The monotonic clock of this boot can be trusted; what it is
 * worth in UTC is learned from the system, from the server's answers and from satellites, each better than the one
 * before. Pure.
 */

/** Who says what time it is, the least trusted first. */
export const TIME_SOURCES = ['system', 'server', 'gnss'] as const;
export type TimeSource = (typeof TIME_SOURCES)[number];

/** What is known: UTC is the monotonic clock plus `offsetMs`. */
export interface KnownTime {
  readonly source: TimeSource;
  readonly offsetMs: number;
}

/** Somebody said what time it is. */
export interface TimeSaying {
  readonly source: TimeSource;
  /** Milliseconds since 1970. */
  readonly utcMs: number;
  /** The monotonic clock when it was said. */
  readonly monoMs: number;
}

/** What a receiver says against what it said before. */
export interface Doubt {
  readonly offsetMs: number;
  /** The monotonic clock when it began to. */
  readonly sinceMs: number;
}

/** What follows from it. */
export interface TimeStep {
  readonly known: KnownTime | null;
  /** For the next saying. */
  readonly doubt: Doubt | null;
  /** Whether events of this boot that were recorded before have to be timed anew. */
  readonly retime: boolean;
}

/** Differences up to this are not worth a jump: a server's `Date` has whole seconds, a sentence of NMEA comes late. */
export const TOLERANCE_MS = 2_000;

/** A receiver has to contradict itself for so long: after a moment without a processor its sentences come late, all at once. */
const DOUBTED_MS = 5_000;

/** The receiver's count of weeks begins anew every 1,024 of them. */
const ROLLOVER_MS = 1_024 * 7 * 86_400_000;

/** What is known after a saying. Nothing before `floorMs`, when this program was built, can be true. */
export function learnTime(
  known: KnownTime | null,
  saying: TimeSaying,
  floorMs: number,
  doubt: Doubt | null = null,
): TimeStep {
  const { source, monoMs } = saying;
  const utcMs = source === 'gnss' ? mendRollover(saying.utcMs, floorMs) : saying.utcMs;
  if (utcMs < floorMs || rank(source) < rank(known?.source)) return { known, doubt, retime: false };
  const offsetMs = Math.round(utcMs - monoMs);
  const jumps = known === null || differ(offsetMs, known.offsetMs);
  if (!jumps && known.source === source) return { known, doubt: null, retime: false };
  const doubted = source === 'gnss' && known?.source === source ? doubtOf(offsetMs, monoMs, doubt) : null;
  if (doubted !== null && monoMs - doubted.sinceMs < DOUBTED_MS) return { known, doubt: doubted, retime: false };
  const step = { source, offsetMs: jumps ? offsetMs : known.offsetMs };
  return { known: step, doubt: null, retime: jumps && !isSettled(known) };
}

/** Whether events may be sent with this time: from then on they keep it. */
export function isSettled(known: KnownTime | null): boolean {
  return known !== null && known.source !== 'system';
}

/** The time of a receiver that lives some 1,024 weeks ago, moved to where it can be true. */
export function mendRollover(utcMs: number, floorMs: number): number {
  return utcMs + Math.max(0, Math.ceil((floorMs - utcMs) / ROLLOVER_MS)) * ROLLOVER_MS;
}

/** The doubt from before, if this is the same contradiction; else a new one. */
function doubtOf(offsetMs: number, monoMs: number, doubt: Doubt | null): Doubt {
  return doubt !== null && !differ(doubt.offsetMs, offsetMs) ? doubt : { offsetMs, sinceMs: monoMs };
}

function differ(a: number, b: number): boolean {
  return Math.abs(a - b) > TOLERANCE_MS;
}

function rank(source: TimeSource | undefined): number {
  return source === undefined ? -1 : TIME_SOURCES.indexOf(source);
}
