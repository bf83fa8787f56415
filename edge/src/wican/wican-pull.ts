/** Fetches the logs of a WiCAN whenever it can be reached, each once. @see WiCAN, `/obd_logs` */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../ports.ts';
import { readWicanLog } from './wican-log.ts';
import { type LoggedTrip, tripsOf } from './wican-trips.ts';

export interface WicanPullParts {
  /** The dongle's address, without a slash at the end. */
  readonly url: string;
  readonly idleMs: number;
  readonly log: Log;
  /** The size that a log had when it was taken over. */
  readonly takenSize: (name: string) => number | undefined;
  readonly takeOver: (log: { readonly name: string; readonly size: number }, trips: readonly LoggedTrip[]) => void;
}

interface LogFile {
  readonly filename: string;
  readonly status: string;
  readonly size: number;
}

const EVERY_MS = 600_000;
const LIST_MS = 10_000;
const FETCH_MS = 600_000;
/** A name that is safe in an address and in a message. */
const NAME = /^[\w.-]{1,128}$/;

/** Pulls until it is stopped. */
export class WicanPull {
  readonly #parts: WicanPullParts;
  readonly #controller = new AbortController();

  constructor(parts: WicanPullParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const { signal } = this.#controller;
    while (!signal.aborted) {
      // In the car, or out of its range, is where it mostly is: that is no news.
      await this.pull().catch(() => {});
      await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
    }
  }

  stop(): void {
    this.#controller.abort();
  }

  /** Takes over every log that is finished and new; how many. Rejects where the dongle can't be reached. */
  async pull(): Promise<number> {
    const fresh = (await this.#list()).filter(
      ({ filename, status, size }) =>
        status !== 'active' && NAME.test(filename) && this.#parts.takenSize(filename) !== size,
    );
    let taken = 0;
    for (const file of fresh) if (await this.#take(file)) taken++;
    return taken;
  }

  async #list(): Promise<readonly LogFile[]> {
    const { databases } = (await json(await this.#get('/obd_logs', LIST_MS))) as { databases?: unknown };
    return Array.isArray(databases) ? databases.filter(isLogFile) : [];
  }

  async #take({ filename, size }: LogFile): Promise<boolean> {
    const { log, idleMs, takeOver } = this.#parts;
    const folder = await mkdtemp(join(tmpdir(), 'fleet-wican-'));
    try {
      const path = join(folder, 'log.db');
      await pipeline(await this.#get(`/obd_logs/${filename}`, FETCH_MS), createWriteStream(path));
      const trips = tripsOf(filename, readWicanLog(path), idleMs);
      takeOver({ name: filename, size }, trips);
      log.info(`${filename} of the dongle is taken over: ${trips.length} trips`);
      return true;
    } catch (error) {
      log.warn(`${filename} of the dongle can not be taken over: ${(error as Error).message}`);
      return false;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Node's own client: what comes with `fetch` takes 20 MiB. */
  async #get(path: string, withinMs: number): Promise<IncomingMessage> {
    const { url } = this.#parts;
    const signal = AbortSignal.any([this.#controller.signal, AbortSignal.timeout(withinMs)]);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const get = url.startsWith('https:') ? httpsGet : httpGet;
      get(url + path, { signal }, resolve).on('error', reject);
    });
    if (response.statusCode === 200) return response;
    response.resume();
    throw new Error(`${path}: ${response.statusCode}`);
  }
}

function isLogFile(entry: unknown): entry is LogFile {
  const { filename, size } = (entry ?? {}) as Partial<LogFile>;
  return typeof filename === 'string' && typeof size === 'number';
}
