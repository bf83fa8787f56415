import { describe, expect, test } from '@jest/globals';
import { MemoryEventStore } from '../stores/memory/memory-event-store.ts';
import { createMemoryRegistry } from '../stores/memory/memory-registry.ts';
import { Readiness } from './readiness.ts';

describe('with a store that all processes share', () => {
  const make = (now: number) =>
    new Readiness({
      store: new MemoryEventStore({ registry: createMemoryRegistry(), idleMs: 1 }),
      now: () => now,
      builtAt: 1,
      isShared: true,
      isReached: () => true,
    });

  test('a process stays where senders come, though the store is away', () => {
    const readiness = make(1);
    readiness.storeFailed('InfluxDB is away');
    const told = [readiness.refusal(), readiness.fault()?.detail];
    readiness.drain();

    expect(told).toEqual([undefined, 'InfluxDB is away']);
    expect(readiness.refusal()?.slug).toBe('shutting-down');
  });

  test('a process whose clock was never set sends them to the others', () => {
    expect(make(0).refusal()?.detail).toMatch(/clock/);
  });
});
