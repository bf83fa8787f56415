/** Scratch folders, and the real server in one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetProcess } from '@fleet/testkit';
import type { RunOptions } from './benchmark.ts';
import { bind } from './cores.ts';

/** The key of every device and every reader here. */
export const KEY = 'bench-key-that-writes-for-every-vehicle';
export const ADMIN = 'bench-key-of-an-admin-who-may-do-everything';

/** The server under test. */
export interface ServerUnderTest {
  readonly pid: number;
  readonly port: number;
  /** Asks it to stop, as an operator would. */
  stop(): Promise<void>;
}

/** Works in a folder that is gone afterwards. */
export async function inScratchFolder<T>(options: RunOptions, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(options.folder, 'fleet-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Works with the real server, on its own core, its data in a folder. */
export async function withServer<T>(
  options: RunOptions,
  folder: string,
  work: (server: ServerUnderTest) => Promise<T>,
): Promise<T> {
  const server = await startServer(options, { DATA_DIR: folder });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** Starts the real server on its own core, with these settings beside those of all benchmarks. */
export async function startServer({ cores }: RunOptions, settings: Readonly<Record<string, string>>) {
  const env = { API_KEY: KEY, ADMIN_TOKEN: ADMIN, INGEST_MAX_AGE: 'off', LOG_LEVEL: 'warn', ...settings };
  const fleet = await FleetProcess.create(env);
  await fleet.start();
  const pid = fleet.pid as number;
  bind(pid, cores.server);
  return {
    pid,
    port: Number(new URL(fleet.url).port),
    stop: async () => void (await fleet.end('SIGTERM')),
    kill: async () => void (await fleet.end('SIGKILL')),
  };
}
