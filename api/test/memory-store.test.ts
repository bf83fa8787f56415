import { MemoryEventStore } from '../src/stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { describeEventStore, IDLE_MS } from './describe-event-store.ts';

describeEventStore('memory', async () => {
  const registry = createMemoryRegistry();
  return { events: new MemoryEventStore({ registry, idleMs: IDLE_MS }), registry, dispose: async () => {} };
});
