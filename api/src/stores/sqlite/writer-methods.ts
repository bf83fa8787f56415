/** What the part of the store does that writes. */
import { openForWriting } from './open-database.ts';
import { Writer } from './writer.ts';

/** What both parts of the store know of its file. */
export interface FileOptions {
  readonly file: string;
  /** The longest gap inside a trip of loose events, milliseconds. */
  readonly idleMs: number;
}

export function writerMethods({ file, idleMs }: FileOptions) {
  let writer: Writer;
  return {
    open: () => {
      writer = new Writer(openForWriting(file), idleMs);
    },
    write: (...args: Parameters<Writer['write']>) => writer.write(...args),
    intern: (...args: Parameters<Writer['intern']>) => writer.intern(...args),
    mark: () => writer.mark(),
    apply: (...args: Parameters<Writer['apply']>) => writer.apply(...args),
    createDocument: (...args: Parameters<Writer['createDocument']>) => writer.createDocument(...args),
    putDocument: (...args: Parameters<Writer['putDocument']>) => writer.putDocument(...args),
    deleteDocument: (...args: Parameters<Writer['deleteDocument']>) => writer.deleteDocument(...args),
    maintain: (...args: Parameters<Writer['maintain']>) => writer.maintain(...args),
    probe: () => writer.probe(),
    close: () => writer.close(),
  };
}

export type WriterMethods = ReturnType<typeof writerMethods>;
