/** The registry that commands work in: the folder's, or that of the InfluxDB which servers share. */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { REFRESH_MS } from '../access/directory.ts';
import { type Config, loadConfig } from '../config.ts';
import { influxOptions } from '../open-store.ts';
import type { Registry } from '../registry.ts';
import { openInfluxRegistry } from '../stores/influxdb/influx-store.ts';
import { openFileRegistry } from '../stores/sqlite/file-registry.ts';
import { isLocked } from '../stores/sqlite/folder-lock.ts';
import { type CommandContext, loadFolderConfig } from './context.ts';

/** Beyond its interval, the time in which a server reads what was changed, milliseconds. */
const NOTICING_MS = 500;

type RegistryWork = (registry: Registry, config: Config) => Promise<void>;

/** Does the work in the registry; `missing` says what to do where there is no folder yet. */
export async function inRegistry(
  context: CommandContext,
  missing: 'make' | 'refuse',
  work: RegistryWork,
): Promise<void> {
  const config = loadConfig(context.env);
  if (config.STORE === 'influxdb') return inSharedRegistry(config, work);
  const folder = loadFolderConfig(context).DATA_DIR;
  const isNew = !existsSync(folder);
  const registry = openFileRegistry(folder, missing);
  try {
    await work(registry, config);
  } finally {
    registry.close();
  }
  if (isNew) context.err.write(`fleet: ${folder} is new: start the server on it\n`);
}

/** Changes the registry, and ends when servers that work beside have noticed: a new key can be used at once. */
export async function changeRegistry(
  context: CommandContext,
  missing: 'make' | 'refuse',
  work: RegistryWork,
): Promise<void> {
  await inRegistry(context, missing, work);
  const { STORE, DATA_DIR } = loadConfig(context.env);
  // Of servers that share a store nobody can tell whether one runs.
  if (STORE === 'influxdb' || isLocked(DATA_DIR)) await pause(REFRESH_MS + NOTICING_MS);
}

async function inSharedRegistry(config: Config, work: RegistryWork): Promise<void> {
  const { registry, close } = await openInfluxRegistry(influxOptions(config).server);
  try {
    await work(registry, config);
  } finally {
    close();
  }
}
