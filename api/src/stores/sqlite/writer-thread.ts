/** The thread that writes. */
import { workerData } from 'node:worker_threads';
import { openForWriting } from './open-database.ts';
import { serve } from './thread.ts';
import { Writer } from './writer.ts';

const { file, idleMs } = workerData as { file: string; idleMs: number };
let writer: Writer;

const methods = {
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

export type WriterMethods = typeof methods;

serve(methods);
