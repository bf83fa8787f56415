import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Registry, RegistryDocument } from '../src/registry.ts';
import { Documents } from '../src/stores/sqlite/documents.ts';
import { type Database, openForWriting } from '../src/stores/sqlite/open-database.ts';
import { DATABASE_FILE, openSqliteStore } from '../src/stores/sqlite/sqlite-store.ts';
import { describeRegistry } from './describe-registry.ts';

describeRegistry('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  const { events, registry } = await openSqliteStore({ folder, idleMs: 100_000 });
  const dispose = async () => {
    await events.close();
    rmSync(folder, { recursive: true });
  };
  return { registry, dispose };
});

describe('a registry that another process changes too, as the command line does', () => {
  let folder: string;
  let close: () => Promise<void>;
  let registry: Registry;
  let connection: Database;
  let other: Documents;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    const opened = await openSqliteStore({ folder, idleMs: 100_000 });
    registry = opened.registry;
    connection = openForWriting(join(folder, DATABASE_FILE));
    other = new Documents(connection);
    close = async () => {
      connection.close();
      await opened.events.close();
      rmSync(folder, { recursive: true });
    };
  });
  afterEach(() => close());

  test('shows what the other changed, by the next read, with another version', async () => {
    const before = await registry.version();

    other.put(secret('theirs'));

    expect(await registry.get('secret', 'x')).toEqual(secret('theirs'));
    expect(await registry.version()).not.toBe(before);
    expect(await registry.create(secret('ours'))).toBe(false);
  });

  test('shows the other what was changed here', async () => {
    await registry.put(secret('ours'));

    expect(other.get('secret', 'x')).toEqual(secret('ours'));
    expect(other.version()).toBe(await registry.version());
    expect(other.create(secret('theirs'))).toBe(false);
  });

  test('waits for its turn while the other commits', async () => {
    connection.exec('BEGIN IMMEDIATE');
    other.create(secret('theirs'));
    const created = registry.create(secret('ours'));
    await registry.count('secret');
    connection.exec('COMMIT');

    expect(await created).toBe(false);
    expect(await registry.get('secret', 'x')).toEqual(secret('theirs'));
  });
});

function secret(value: string): RegistryDocument<'secret'> {
  return { kind: 'secret', id: 'x', owner: '', at: 0, body: { value } };
}
