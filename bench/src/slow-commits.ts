/** A store as on a disk that takes its time: one commit after the other, each of at least so long, and all that wait share the next. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '@fleet/api/ports';

type Write = EventStore['write'];

interface Waiting {
  readonly events: Parameters<Write>[0];
  resolve(results: Awaited<ReturnType<Write>>): void;
  reject(error: unknown): void;
}

/** Lets no commit of a store take less than so many milliseconds; 0 leaves it as it is. */
export function slowCommits(store: EventStore, ms: number): void {
  if (ms === 0) return;
  const commit = store.write.bind(store);
  let waiting: Waiting[] = [];
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    for (let group = waiting; group.length > 0; group = waiting) {
      waiting = [];
      await commitGroup(group);
    }
    isRunning = false;
  };
  const commitGroup = async (group: readonly Waiting[]) => {
    try {
      const [results] = await Promise.all([commit(group.flatMap(({ events }) => events)), pause(ms)]);
      let at = 0;
      for (const { events, resolve } of group) {
        resolve(results.slice(at, at + events.length));
        at += events.length;
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  const write: Write = (events) =>
    new Promise((resolve, reject) => {
      waiting.push({ events, resolve, reject });
      if (!isRunning) void run();
    });
  Object.assign(store, { write });
}
