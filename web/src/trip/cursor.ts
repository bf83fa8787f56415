/** The moment of a trip that somebody looks at: one for the map, the curves and the slider. */
import { useSyncExternalStore } from 'react';

export interface Cursor {
  /** Milliseconds since 1970; null while nobody looks anywhere. */
  readonly time: () => number | null;
  readonly set: (time: number | null) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createCursor(first: number | null): Cursor {
  let current = first;
  const listeners = new Set<() => void>();
  return {
    time: () => current,
    set: (time) => {
      if (time === current) return;
      current = time;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useCursorTime(cursor: Cursor): number | null {
  return useSyncExternalStore(cursor.subscribe, cursor.time);
}
