/** Bodies of chunks as files of a folder of their own, named by chance: nothing that a client sends is part of a path. */
import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreUnavailableError } from '../ports.ts';
import type { Spool, SpooledBody } from '../uploads/spool.ts';

/** A spool in a folder; what an earlier run left there is taken away. */
export function createDiskSpool(folder: string): Spool {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return { open: () => guarded(() => openFile(join(folder, randomUUID()))) };
}

async function openFile(path: string): Promise<SpooledBody> {
  const file = await open(path, 'wx+');
  return {
    append: (bytes) => guarded(async () => void (await file.write(bytes))),
    read: () => createReadStream('', { fd: file.fd, autoClose: false, start: 0, highWaterMark: 64 * 1_024 }),
    async remove() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** What the disk refuses is the store's being unavailable. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreUnavailableError(`a chunk can not be kept aside: ${(error as Error).message}`, { cause: error });
  }
}
