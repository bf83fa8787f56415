/** The thread that reads, and works out what is derived. */
import { workerData } from 'node:worker_threads';
import type { DocumentKind, DocumentQuery } from '../../registry.ts';
import { Deriver } from './deriver.ts';
import { Dictionary, loadNames } from './dictionary.ts';
import { Documents } from './documents.ts';
import { asUnavailable, openForReading } from './open-database.ts';
import { portionsOf } from './portions.ts';
import type { Derived } from './protocol.ts';
import { Queries } from './queries.ts';
import { serve } from './thread.ts';

const { file, idleMs } = workerData as { file: string; idleMs: number };

function open() {
  const db = openForReading(file);
  const names = new Dictionary();
  loadNames(db, names);
  return {
    db,
    names,
    queries: new Queries(db, names),
    deriver: new Deriver(db, names, idleMs),
    documents: new Documents(db),
  };
}

let reader: ReturnType<typeof open>;
let portions: Iterator<readonly Derived[]> = [][Symbol.iterator]();

function nextPortion(): readonly Derived[] {
  const { value, done } = portions.next();
  return done === true ? [] : value;
}

const methods = {
  /** Opens the file and says what a process must know of it from the start. */
  open: () => {
    reader = open();
    return reader.queries.overview();
  },
  /** Works some out, and gives the first portion of it; empty where nothing is left. */
  derive: (vehicles: readonly string[] | undefined, skip: ReadonlySet<string>): readonly Derived[] => {
    portions = portionsOf(reader.deriver.next(vehicles, skip));
    return nextPortion();
  },
  /** The next portion of what was worked out last; empty where there is none. */
  nextPortion,
  vehicles: () => reader.queries.vehicles(),
  latest: (...args: Parameters<Queries['latest']>) => reader.queries.latest(...args),
  trips: (...args: Parameters<Queries['trips']>) => reader.queries.trips(...args),
  trip: (...args: Parameters<Queries['trip']>) => reader.queries.trip(...args),
  page: (...args: Parameters<Queries['page']>) => reader.queries.page(...args),
  seqs: (...args: Parameters<Queries['seqs']>) => reader.queries.seqs(...args),
  history: (...args: Parameters<Queries['history']>) => reader.queries.history(...args),
  size: () => reader.queries.size(),
  names: (after: number) => reader.queries.names(after),
  getDocument: (kind: DocumentKind, id: string) => reader.documents.get(kind, id),
  listDocuments: (kind: DocumentKind, query: DocumentQuery | undefined) => reader.documents.list(kind, query),
  countDocuments: (kind: DocumentKind, owner: string | undefined) => reader.documents.count(kind, owner),
  version: () => reader.documents.version(),
  close: () => {
    reader.db.close();
  },
};

export type ReaderMethods = typeof methods;

/** The file's own errors are the store's being unavailable. */
function guarded<F extends (...args: never[]) => unknown>(method: F): F {
  return ((...args: never[]) => {
    try {
      return method(...args);
    } catch (error) {
      throw asUnavailable(error);
    }
  }) as F;
}

serve(Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, guarded(method as () => unknown)])));
