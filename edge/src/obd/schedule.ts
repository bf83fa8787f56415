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

interface Entry {
  readonly task: Task;
  dueMs: number;
  askedMs: number | null;
  meanMs: number | null;
}

export class Schedule {
  readonly #entries: Entry[];

  constructor(tasks: readonly Task[], nowMs: number) {
    this.#entries = tasks.map((task) => ({ task, dueMs: nowMs, askedMs: null, meanMs: null }));
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
    const entry = this.#entries.find(({ task }) => task.name === name);
    if (entry === undefined) return;
    const interval = entry.askedMs === null ? null : nowMs - entry.askedMs;
    if (interval !== null) entry.meanMs = entry.meanMs === null ? interval : mean(entry.meanMs, interval);
    entry.askedMs = nowMs;
    const { everyMs } = entry.task;
    entry.dueMs += everyMs * Math.max(1, Math.floor((nowMs - entry.dueMs) / everyMs));
  }

  rates(): TaskRate[] {
    return this.#entries.map(({ task: { name, everyMs }, meanMs }) => ({
      name,
      wanted_hz: 1_000 / everyMs,
      reached_hz: meanMs === null ? 0 : Math.round(100_000 / meanMs) / 100,
    }));
  }
}

/** How many periods late. */
function lateness({ task, dueMs }: Entry, nowMs: number): number {
  return (nowMs - dueMs) / task.everyMs;
}

function mean(before: number, newest: number): number {
  return before + WEIGHT * (newest - before);
}
