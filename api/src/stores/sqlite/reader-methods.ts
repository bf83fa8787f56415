/** What the part of the store does that reads, and works out what is derived. */
import type { DocumentKind, DocumentQuery } from '../../registry.ts';
import { Deriver } from './deriver.ts';
import { Dictionary, loadNames } from './dictionary.ts';
import { Documents } from './documents.ts';
import { asUnavailable, openForReading } from './open-database.ts';
import { portionsOf } from './portions.ts';
import type { Derived } from './protocol.ts';
import { Queries } from './queries.ts';
import type { Methods } from './thread.ts';
import type { FileOptions } from './writer-methods.ts';

function open({ file, idleMs }: FileOptions) {
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

/** Methods that throw `StoreUnavailableError` for the file's own errors. */
export function readerMethods(options: FileOptions) {
  let reader: ReturnType<typeof open>;
  let portions: Iterator<readonly Derived[]> = [][Symbol.iterator]();
  const nextPortion = (): readonly Derived[] => {
    const { value, done } = portions.next();
    return done === true ? [] : value;
  };
  return guarded({
    /** Opens the file and says what a process must know of it from the start. */
    open: () => {
      reader = open(options);
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
    listDocuments: (kind: DocumentKind, query: DocumentQuery | undefined) => reader.documents.rows(kind, query),
    countDocuments: (kind: DocumentKind, owner: string | undefined) => reader.documents.count(kind, owner),
    version: () => reader.documents.version(),
    close: () => {
      reader.db.close();
    },
  });
}

export type ReaderMethods = ReturnType<typeof readerMethods>;

function guarded<M extends Methods>(methods: M): M {
  const guard = ([name, method]: [string, Methods[string]]) => [name, (...args: unknown[]) => answered(method, args)];
  return Object.fromEntries(Object.entries(methods).map(guard)) as M;
}

function answered(method: Methods[string], args: unknown[]): unknown {
  try {
    return method(...args);
  } catch (error) {
    throw asUnavailable(error);
  }
}
