/** Bodies of chunks as files of a folder of their own, named by chance: nothing that a client sends is part of a path. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreUnavailableError } from '../ports.ts';
import type { Spool, SpooledBody } from '../uploads/spool.ts';

/** Bytes that are read at once. */
const PIECE_BYTES = 64 * 1_024;

/** A spool in a folder; what an earlier run left there is taken away. */
export function createDiskSpool(folder: string): Spool {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return { open: () => guarded(() => openFile(join(folder, randomUUID()))) };
}

async function openFile(path: string): Promise<SpooledBody> {
  const file = await open(path, 'wx+');
  return {
    // Unlike write(), it goes on where the disk took only a part.
    append: (bytes) => guarded(() => file.appendFile(bytes)),
    read: () => bytesOf(file),
    async remove() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await guarded(() => file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, at));
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** What the disk refuses is the store's being unavailable. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreUnavailableError(`a chunk can not be kept aside: ${(error as Error).message}`, { cause: error });
  }
}
