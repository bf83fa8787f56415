/** The real server for tests of the edge, and everything that it has in the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FleetProcess, type ReadTrip, readEventsOf, readTrips, type StoredEvent } from '@fleet/testkit';
import type { Outbox } from '../src/outbox/outbox.ts';
import { createHttpClient, type HttpClient } from '../src/uplink/http-client.ts';
import { startUplink, type Uplink, type UplinkParts } from '../src/uplink/uplink.ts';
import { createLog } from './outbox-kit.ts';

export const KEY = 'a-key-for-every-vehicle';
export const ADMIN = KEY.repeat(2);

export interface Server {
  readonly process: FleetProcess;
  readonly url: string;
  readonly target: { readonly url: string; readonly key: string };
  /** Of this vehicle, of all if none is given. */
  trips(vehicle?: string): Promise<ReadTrip[]>;
  events(vehicle?: string): Promise<StoredEvent[]>;
  /** Asks as an admin. */
  ask(path: string): Promise<unknown>;
  /** Begins anew, with nothing. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

export async function startServer(env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-edge-server-'));
  const process = await FleetProcess.create({
    DATA_DIR: join(folder, 'data'),
    API_KEY: KEY,
    ADMIN_TOKEN: ADMIN,
    INGEST_MAX_AGE: 'off',
    LOG_LEVEL: 'warn',
    ...env,
  });
  await process.start();
  const target = { url: process.url, key: ADMIN };
  const trips = async (vehicle?: string) => {
    const all = await readTrips(target);
    return all.filter((trip) => vehicle === undefined || trip.vehicle === vehicle);
  };
  return {
    process,
    url: process.url,
    target,
    trips,
    events: async (vehicle) => readEventsOf(target, await trips(vehicle)),
    async ask(path) {
      const response = await fetch(process.url + path, { headers: { authorization: `Bearer ${ADMIN}` } });
      return response.json();
    },
    async forget() {
      await process.end('SIGKILL');
      rmSync(folder, { recursive: true });
      await process.start();
    },
    async stop() {
      await process.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits that tests have no time for are cut to this, milliseconds. */
const LONGEST_PAUSE_MS = 10;

/** An uplink that waits little, with a log that is kept. */
export function uplinkTo(
  url: string,
  outbox: Outbox,
  parts: Partial<UplinkParts> & { readonly key?: string } = {},
): Uplink & { readonly log: readonly string[]; readonly pauses: readonly number[] } {
  const log = createLog();
  const pauses: number[] = [];
  const { key = KEY, ...given } = parts;
  const uplink = startUplink({
    client: createHttpClient({ url, key }),
    shipping: outbox.shipping,
    log,
    vehicle: 'golf',
    currentTrip: () => null,
    onTime: () => {},
    pause: async (ms, signal) => {
      pauses.push(ms);
      await sleep(Math.min(ms, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {});
    },
    ...given,
  });
  uplink.done.catch(() => {});
  return Object.assign(uplink, { log: log.lines, pauses });
}

/** A client that tells what is sent. */
export function watched(client: HttpClient): HttpClient & { readonly sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    send(request) {
      sent.push(`${request.method} ${request.path.replace(/\?.*/, '').replace(/[0-9a-f-]{36}/, ':id')}`);
      return client.send(request);
    },
    close: () => client.close(),
  };
}

/** Resolves when it holds; rejects at the deadline with what was seen last. */
export async function until<T>(look: () => T | Promise<T>, wanted: (seen: T) => boolean, ms = 50_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (wanted(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(seen)} after ${ms} ms`);
    await sleep(10);
  }
}

/** Resolves when everything was sent and confirmed. */
export async function drained(outbox: Outbox, ms?: number): Promise<void> {
  await until(
    () => {
      outbox.commit();
      return outbox.shipping.openTrips().length;
    },
    (count) => count === 0,
    ms,
  );
}
