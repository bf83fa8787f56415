/** What is asked next: fast things often, slow things rarely, the longest overdue first; and how often it came. Pure. */

/** Something that is asked again and again. */
export interface Task {
  /** What is asked: a PID in hexadecimal, a service, or a command of the adapter. */
  readonly name: string;
  readonly everyMs: number;
}

/** What was wanted and what was reached. */
export interface TaskRate {
  readonly name: string;
  readonly wanted_hz: number;
  readonly reached_hz: number;
}

/** How much the newest interval counts in the mean. */
const WEIGHT = 0.1;
/** What did not come is asked for again after this, so many times: a rare value is worth a second try. */
const RETRY_MS = 1_000;
const RETRIES = 2;
/** What has not come for so long is asked for rarely: some cars name PIDs that they never answer. */
const SILENT_MS = 10_000;
const SILENT_EVERY_MS = 30_000;

interface Entry {
  readonly task: Task;
  dueMs: number;
  answeredMs: number | null;
  meanMs: number | null;
  /** Since when it was asked in vain, and how often; null where it was answered last. */
  missed: { readonly sinceMs: number; readonly times: number } | null;
}

export class Schedule {
  readonly #entries: Entry[];

  constructor(tasks: readonly Task[], nowMs: number) {
    this.#entries = tasks.map((task) => ({ task, dueMs: nowMs, answeredMs: null, meanMs: null, missed: null }));
  }

  /** Up to so many tasks that are due, the one that waits longest, by its own measure, first. */
  due(nowMs: number, most: number, fits: (task: Task) => boolean = () => true): Task[] {
    return this.#entries
      .filter(({ dueMs, task }) => dueMs <= nowMs && fits(task))
      .toSorted((a, b) => lateness(b, nowMs) - lateness(a, nowMs))
      .slice(0, most)
      .map(({ task }) => task);
  }

  /** When the next one is due. */
  nextMs(): number {
    return Math.min(...this.#entries.map(({ dueMs }) => dueMs));
  }

  /** It was answered: the next one is due on the beat of its period; what was missed by whole periods is not made up for. */
  answered({ name }: Task, nowMs: number): void {
    const entry = this.#entry(name);
    if (entry === undefined) return;
    const interval = entry.answeredMs === null ? null : nowMs - entry.answeredMs;
    if (interval !== null) entry.meanMs = entry.meanMs === null ? interval : mean(entry.meanMs, interval);
    entry.answeredMs = nowMs;
    entry.missed = null;
    postpone(entry, entry.task.everyMs, nowMs);
  }

  /** It was asked, and did not come. */
  missed({ name }: Task, nowMs: number): void {
    const entry = this.#entry(name);
    if (entry === undefined) return;
    const { sinceMs = nowMs, times = 0 } = entry.missed ?? {};
    entry.missed = { sinceMs, times: times + 1 };
    const { everyMs } = entry.task;
    const patientMs = times < RETRIES ? Math.min(everyMs, RETRY_MS) : everyMs;
    postpone(entry, nowMs - sinceMs >= SILENT_MS ? Math.max(everyMs, SILENT_EVERY_MS) : patientMs, nowMs);
  }

  /** What does not come any more has a rate that falls. */
  rates(nowMs: number): TaskRate[] {
    return this.#entries.map(({ task: { name, everyMs }, meanMs, answeredMs }) => ({
      name,
      wanted_hz: 1_000 / everyMs,
      reached_hz:
        meanMs === null || answeredMs === null
          ? 0
          : hertz(lasts(meanMs, nowMs - answeredMs) ? meanMs : nowMs - answeredMs),
    }));
  }

  #entry(name: string): Entry | undefined {
    return this.#entries.find(({ task }) => task.name === name);
  }
}

/** Due again on the beat of a period. */
function postpone(entry: Entry, everyMs: number, nowMs: number): void {
  entry.dueMs += everyMs * Math.max(1, Math.floor((nowMs - entry.dueMs) / everyMs));
}

/** Whether an interval that has not ended yet is still one of those before. */
function lasts(meanMs: number, openMs: number): boolean {
  return openMs <= 2 * meanMs;
}

function hertz(intervalMs: number): number {
  return Math.round(100_000 / intervalMs) / 100;
}

/** How many periods late. What was never asked is latest: on a slow dongle a short drive has each value once, too. */
function lateness({ task, dueMs, answeredMs, missed }: Entry, nowMs: number): number {
  return answeredMs === null && missed === null ? Number.MAX_VALUE : (nowMs - dueMs) / task.everyMs;
}

function mean(before: number, newest: number): number {
  return before + WEIGHT * (newest - before);
}
