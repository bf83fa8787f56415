import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import type { EventStore } from '../src/ports.ts';
import type { Registry } from '../src/registry.ts';
import { openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { tellsWhatTheModelTells } from './model.ts';

let folder: string;
let sqlite: { events: EventStore; registry: Registry };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  sqlite = await openSqliteStore({ folder, idleMs: IDLE_MS });
});
afterAll(async () => {
  await sqlite.events.close();
  rmSync(folder, { recursive: true });
});

test('the SQLite store tells what the model tells, after any writes, corrections, aliases and reads', async () => {
  await tellsWhatTheModelTells(sqlite, 150);
}, 60_000);
