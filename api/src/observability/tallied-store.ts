/** A store that counts what became of the events it was given. */
import type { EventStore, KeyedEvent, WriteResult } from '../ports.ts';
import type { Tallies } from './tallies.ts';

/** The store itself, but for `write`, which is counted. Failures are told, and thrown on. */
export function talliedStore(store: EventStore, tallies: Tallies, onFailure: (error: Error) => void): EventStore {
  const write = async (events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> => {
    try {
      const results = await store.write(events);
      for (const { outcome } of results) tallies.events(outcome);
      return results;
    } catch (error) {
      onFailure(error as Error);
      throw error;
    }
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'write') return write;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
