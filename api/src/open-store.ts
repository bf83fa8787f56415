/** The store that the configuration asks for; the others are not loaded. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { BackupJob, type BackupTools } from './jobs/backups.ts';
import type { EventStore, StoreObserver } from './ports.ts';
import type { Registry } from './registry.ts';
import { SecretFile } from './secret-file.ts';
import { createDiskSpool } from './spool/disk-spool.ts';
import type { InfluxStoreOptions } from './stores/influxdb/influx-store.ts';
import { backupName, backupTime, listBackups, removeLeftovers } from './stores/sqlite/backup.ts';
import type { BackupMethods } from './stores/sqlite/backup-thread.ts';
import { Thread } from './stores/sqlite/thread.ts';
import type { Spool } from './uploads/spool.ts';

/** What a store hears of the world. */
export interface StoreHooks {
  readonly now: () => number;
  readonly observer: StoreObserver;
  readonly onDeath: (error: Error) => void;
  readonly onBackupFault: (error: unknown) => void;
}

export interface OpenedStore {
  readonly events: EventStore;
  readonly registry: Registry;
  readonly spool: Spool;
  readonly backups: BackupJob | null;
}

/** Opens it. Throws `StartError` in words for whoever started the program. */
export async function openStore(config: Config, hooks: StoreHooks): Promise<OpenedStore> {
  switch (config.STORE) {
    case 'memory':
      return openMemory(config, hooks);
    case 'influxdb':
      return openInflux(config, hooks);
    case 'sqlite':
      return openSqlite(config, hooks);
  }
}

async function openMemory({ TRIP_IDLE_TIMEOUT: idleMs }: Config, { observer }: StoreHooks): Promise<OpenedStore> {
  const { MemoryEventStore } = await import('./stores/memory/memory-event-store.ts');
  const { createMemoryRegistry } = await import('./stores/memory/memory-registry.ts');
  const registry = createMemoryRegistry();
  return {
    registry,
    events: new MemoryEventStore({ registry, idleMs, observer }),
    spool: passingSpool(),
    backups: null,
  };
}

async function openInflux(config: Config, { observer }: StoreHooks): Promise<OpenedStore> {
  const { openInfluxStore } = await import('./stores/influxdb/influx-store.ts');
  const { events, registry } = await openInfluxStore({ ...influxOptions(config), observer });
  return { events, registry, spool: passingSpool(), backups: null };
}

/** What the settings say of a shared store. */
export function influxOptions(config: Config): InfluxStoreOptions {
  const { INFLUX_URL: url = '', INFLUX_TOKEN: text = '', INFLUX_ORG: org, INFLUX_BUCKET: bucket } = config;
  const path = config.SECRET_FILES['INFLUX_TOKEN'];
  const file = path === undefined ? undefined : new SecretFile(path, text);
  const token = file === undefined ? text : () => file.read();
  return { server: { url, token, org, bucket }, idleMs: config.TRIP_IDLE_TIMEOUT };
}

/** A spool for bodies that are on their way, where nothing else is kept on this machine. */
function passingSpool(): Spool {
  return createDiskSpool(join(tmpdir(), `fleet-spool-${process.pid}`));
}

async function openSqlite(config: Config, hooks: StoreHooks): Promise<OpenedStore> {
  const idleMs = config.TRIP_IDLE_TIMEOUT;
  const { observer, onDeath } = hooks;
  const { openSqliteStore } = await import('./stores/sqlite/sqlite-store.ts');
  const { events, registry } = await openSqliteStore({ folder: config.DATA_DIR, idleMs, observer, onDeath });
  return {
    events,
    registry,
    spool: createDiskSpool(join(config.DATA_DIR, 'spool')),
    backups: backupsOf(config, hooks),
  };
}

function backupsOf(config: Config, { now, onBackupFault }: StoreHooks): BackupJob | null {
  const { BACKUP_DIR: folder, BACKUP_EVERY: everyMs, BACKUP_KEEP: keep, DATA_DIR: data } = config;
  if (folder === undefined) return null;
  const tools: BackupTools = {
    nameAt: backupName,
    list: listBackups,
    timeOf: backupTime,
    removeLeftovers,
    async make(path) {
      const entry = new URL('./stores/sqlite/backup-thread.ts', import.meta.url);
      const thread = new Thread<BackupMethods>(entry, null, () => {});
      try {
        await thread.call('backup', data, path);
      } finally {
        await thread.end();
      }
    },
  };
  return new BackupJob({ folder, everyMs, keep }, tools, now, onBackupFault);
}
