import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import { describeEventStore, IDLE_MS } from './describe-event-store.ts';

describeEventStore('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  const { events, registry } = await openSqliteStore({ folder, idleMs: IDLE_MS });
  const dispose = async () => {
    await events.close();
    rmSync(folder, { recursive: true });
  };
  return { events, registry, dispose };
});
