/** The store of one machine: a SQLite file, one thread that writes it and one that reads it. */
import { join } from 'node:path';
import type { EventStore, StoreObserver } from '../../ports.ts';
import type { Registry } from '../../registry.ts';
import { Dictionary } from './dictionary.ts';
import { lockFolder } from './folder-lock.ts';
import type { ReaderMethods } from './reader-methods.ts';
import { Settler } from './settler.ts';
import { SqliteEventStore } from './sqlite-event-store.ts';
import { SqliteRegistry } from './sqlite-registry.ts';
import { inThisThread, type Part, Thread } from './thread.ts';
import type { FileOptions, WriterMethods } from './writer-methods.ts';

/** The file's name within its folder. */
export const DATABASE_FILE = 'fleet.db';

export interface SqliteStoreOptions {
  readonly folder: string;
  /** The longest gap inside a trip of loose events, milliseconds. */
  readonly idleMs: number;
  readonly observer?: StoreObserver;
  /** Hears that the store came to an end by itself: the process can only stop. */
  readonly onDeath?: (error: Error) => void;
  /** Whether writing and reading have threads of their own; else they hold up the caller's. @default true */
  readonly threads?: boolean;
}

/** Opens the folder's file, or makes it. Throws `StartError` in words for whoever started the program. */
export async function openSqliteStore(
  options: SqliteStoreOptions,
): Promise<{ events: EventStore; registry: Registry }> {
  const { folder, idleMs, observer } = options;
  const unlock = lockFolder(folder);
  const data = { file: join(folder, DATABASE_FILE), idleMs };
  const { writer, reader } = await startParts(data, options);
  const end = async () => {
    await Promise.all([writer.end(), reader.end()]);
    unlock();
  };
  try {
    await writer.call('open');
    const { newest, vehicles, names } = await reader.call('open');
    const dictionary = new Dictionary();
    dictionary.add(names);
    const settler = new Settler(writer, reader, vehicles);
    const close = async () => {
      await settler.end();
      await reader.call('close');
      await writer.call('close');
      await end();
    };
    const events = new SqliteEventStore({ writer, reader, settler, names: dictionary, newest, observer, close });
    return { events, registry: new SqliteRegistry({ writer, reader, settler }) };
  } catch (error) {
    await end();
    throw error;
  }
}

async function startParts(
  data: FileOptions,
  { threads = true, onDeath = () => {} }: SqliteStoreOptions,
): Promise<{ writer: Part<WriterMethods>; reader: Part<ReaderMethods> }> {
  if (threads) {
    return {
      writer: new Thread<WriterMethods>(new URL('./writer-thread.ts', import.meta.url), data, onDeath),
      reader: new Thread<ReaderMethods>(new URL('./reader-thread.ts', import.meta.url), data, onDeath),
    };
  }
  // A server has no use for them here.
  const [{ writerMethods }, { readerMethods }] = await Promise.all([
    import('./writer-methods.ts'),
    import('./reader-methods.ts'),
  ]);
  return { writer: inThisThread(writerMethods(data)), reader: inThisThread(readerMethods(data)) };
}
