import { createMemoryRegistry } from '../src/stores/memory/memory-registry.ts';
import { describeRegistry } from './describe-registry.ts';

describeRegistry('memory', async () => ({ registry: createMemoryRegistry(), dispose: async () => {} }));
