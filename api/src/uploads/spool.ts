/** Where the body of a chunk waits until all of it was checked: memory must not grow with it. */
export interface Spool {
  /** A new place for one body. Throws `StoreUnavailableError` when there is no room. */
  open(): Promise<SpooledBody>;
}

export interface SpooledBody {
  /** Keeps bytes, in order. Throws `StoreUnavailableError` when there is no room. */
  append(bytes: Buffer): Promise<void>;
  /** What was kept, from the start; may be asked for again. */
  read(): AsyncIterable<Buffer>;
  /** Gives the place back. */
  remove(): Promise<void>;
}
