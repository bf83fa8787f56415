/**
 * One InfluxDB v2 server, as far as this store needs it: write lines, ask InfluxQL, delete. The client library's transport
 * is used and nothing above it: its write buffer loses what it flushes by itself.
 * @see docs/adr/0009-influxdb-keeps-events-and-summaries.md
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, type SendOptions, type Transport } from '@influxdata/influxdb-client';
import { StoreUnavailableError } from '../../ports.ts';
import { parseCsv, type Row } from './csv.ts';

/** Where a server is, and what may be done there. */
export interface InfluxSettings {
  readonly url: string;
  /** Asked before each request where it may change. */
  readonly token: string | (() => string);
  readonly org: string;
  /** The bucket of events; summaries and documents are in `<bucket>_meta`. */
  readonly bucket: string;
}

/** InfluxDB will never take this, however often it is sent. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  /** Lines of the body that are not stored; undefined for all of them. */
  readonly dropped: number | undefined;

  constructor(words: string, dropped: number | undefined) {
    super(words);
    this.dropped = dropped;
  }
}

/** Time without a byte after which an answer is not waited for any more, milliseconds. */
const TIMEOUT_MS = 10_000;
/** Bodies from this size on are compressed on the way to another site. */
const GZIP_FROM_BYTES = 1_000;
/** How a connection fails that was kept, and that the server gave up meanwhile. */
const STALE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);
const UNAUTHORIZED = 401;
/** Statuses that speak of what was sent, not of the server. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);

export class InfluxClient {
  readonly bucket: string;
  readonly metaBucket: string;
  readonly #org: string;
  readonly #url: string;
  readonly #token: () => string;
  #transport: { readonly token: string; readonly transport: Transport } | undefined;
  readonly #agent: HttpAgent;
  readonly #gzipThreshold: number;

  constructor({ url, token, org, bucket }: InfluxSettings) {
    this.bucket = bucket;
    this.metaBucket = `${bucket}_meta`;
    this.#org = org;
    this.#agent = new (url.startsWith('https:') ? HttpsAgent : HttpAgent)({ keepAlive: true });
    this.#url = url;
    this.#token = typeof token === 'string' ? () => token : token;
    this.#gzipThreshold = isNear(url) ? Number.POSITIVE_INFINITY : GZIP_FROM_BYTES;
  }

  /**
   * Stores lines of line protocol; resolves when they are durable. Throws `RefusedError` where any of them is wrong,
   * `StoreUnavailableError` where nobody knows.
   */
  async write(bucket: string, lines: string | Uint8Array): Promise<void> {
    const path = `/api/v2/write?${this.#query({ bucket, precision: 'ns' })}`;
    await this.#request(path, lines, { method: 'POST', gzipThreshold: this.#gzipThreshold });
  }

  /** What answers an InfluxQL query, as CSV. */
  queryBytes(bucket: string, influxql: string): Promise<Buffer> {
    const path = `/query?${this.#query({ db: bucket, q: influxql, epoch: 'ns' })}`;
    return this.#request(path, '', { method: 'GET', headers: { accept: 'application/csv' } });
  }

  /** The rows that answer an InfluxQL query; times are nanoseconds since 1970, as text. */
  async query(bucket: string, influxql: string): Promise<Row[]> {
    return parseCsv((await this.queryBytes(bucket, influxql)).toString());
  }

  /** Removes the points of a measurement with these tags between two times (nanoseconds, both included). */
  async delete(bucket: string, predicate: string, start: string, stop: string): Promise<void> {
    const body = JSON.stringify({ start, stop, predicate });
    await this.#request(`/api/v2/delete?${this.#query({ bucket })}`, body, { method: 'POST' });
  }

  close(): void {
    this.#agent.destroy();
  }

  #query(parameters: Readonly<Record<string, string>>): URLSearchParams {
    return new URLSearchParams({ org: this.#org, ...parameters });
  }

  /** Everything that is asked here may be asked twice: a connection that turns out to be closed is no failure yet. */
  async #request(path: string, body: string | Uint8Array, options: SendOptions): Promise<Buffer> {
    const used = this.#token();
    const send = () => answerOf(this.#transportWith(used), path, body, options);
    try {
      return await send().catch((error) => (STALE.has(error.code) ? send() : Promise.reject(error)));
    } catch (error) {
      const isRefused = error instanceof HttpError && error.statusCode === UNAUTHORIZED;
      if (isRefused && this.#token() !== used) return this.#request(path, body, options);
      throw meaningOf(error as Error);
    }
  }

  #transportWith(token: string): Transport {
    if (this.#transport?.token !== token) {
      const transportOptions = { agent: this.#agent };
      const { transport } = new InfluxDB({ url: this.#url, token, timeout: TIMEOUT_MS, transportOptions });
      this.#transport = { token, transport };
    }
    return this.#transport.transport;
  }
}

/** The body of an answer. The transport's own `request` copies what it has for each piece that comes. */
function answerOf(
  transport: Transport,
  path: string,
  body: string | Uint8Array,
  options: SendOptions,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    // It makes bytes of any body by `Buffer.from`, which takes bytes too.
    transport.send(path, body as string, options, {
      next: (piece: Uint8Array) => void pieces.push(piece),
      error: reject,
      complete: () => resolve(Buffer.concat(pieces)),
    });
  });
}

function meaningOf(error: Error): Error {
  const words = `InfluxDB: ${wordsOf(error)}`;
  if (!(error instanceof HttpError) || !REFUSALS.has(error.statusCode)) {
    return new StoreUnavailableError(words, { cause: error });
  }
  const dropped = error.statusCode === 422 ? /dropped[ =](\d+)/.exec(words)?.[1] : undefined;
  return new RefusedError(words, dropped === undefined ? undefined : Number(dropped));
}

/** An answer's own message; for a connection that failed, its code, since the message may be empty. */
function wordsOf(error: Error): string {
  const { message } = error instanceof HttpError ? ((error.json as Error | undefined) ?? error) : error;
  return message || (error as NodeJS.ErrnoException).code || error.name;
}

/** Whether a server is on this machine or in this cluster: then compressing costs more than it saves. */
function isNear(url: string): boolean {
  const { hostname } = new URL(url);
  return !hostname.includes('.') || /^127\.|^\[|\.(?:svc|local|internal)$/.test(hostname);
}
