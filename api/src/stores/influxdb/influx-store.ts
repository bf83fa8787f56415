/** The store of a cluster: an InfluxDB v2 server, which any number of processes may share. */
import { setTimeout as wait } from 'node:timers/promises';
import { HttpError } from '@influxdata/influxdb-client';
import { type EventStore, StartError, type StoreObserver } from '../../ports.ts';
import type { Registry } from '../../registry.ts';
import { InfluxClient, type InfluxSettings } from './client.ts';
import { Groups } from './groups.ts';
import { InfluxEventStore } from './influx-event-store.ts';
import { InfluxRegistry } from './influx-registry.ts';
import { Settler } from './settler.ts';
import { Touches } from './touches.ts';

export interface InfluxStoreOptions {
  readonly server: InfluxSettings;
  /** The longest gap inside a trip of loose events, milliseconds. */
  readonly idleMs: number;
  readonly observer?: StoreObserver;
}

/** An open store. */
export interface InfluxStore {
  readonly events: EventStore;
  readonly registry: Registry;
  /** Works out again what was touched since a time (milliseconds since 1970), and saves it. */
  summarize(since: number): Promise<void>;
}

/** How long is waited for a server that starts beside this one, milliseconds, and between two tries. */
const PATIENCE_MS = 30_000;
const WAIT_MS = 500;

/** Opens it. Throws `StartError` in words for whoever started the program. */
export async function openInfluxStore({ server, idleMs, observer }: InfluxStoreOptions): Promise<InfluxStore> {
  const client = await connect(server, bothBuckets);
  const registry = new InfluxRegistry(client);
  const groups = new Groups(registry);
  const touches = new Touches(Date.now);
  const settler = new Settler({ client, groups, touches, idleMs });
  const events = new InfluxEventStore({ client, groups, settler, touches, idleMs, observer });
  return { events, registry, summarize: (since) => settler.summarize(since) };
}

/** Opens the registry alone, for work beside servers; `close` ends it. Throws `StartError` as above. */
export async function openInfluxRegistry(server: InfluxSettings): Promise<{ registry: Registry; close(): void }> {
  const client = await connect(server, ({ metaBucket }) => [metaBucket]);
  return { registry: new InfluxRegistry(client), close: () => client.close() };
}

/** A client that may read and write these buckets. */
async function connect(
  server: InfluxSettings,
  bucketsOf: (client: InfluxClient) => string[],
  patienceMs?: number,
): Promise<InfluxClient> {
  const client = new InfluxClient(server);
  try {
    for (const bucket of bucketsOf(client)) await checkAccess(client, server, bucket, patienceMs);
  } catch (error) {
    client.close();
    throw error;
  }
  return client;
}

/** Why a store can't be opened now, in words; undefined where it can. */
export async function influxFault(server: InfluxSettings): Promise<string | undefined> {
  try {
    (await connect(server, bothBuckets, 0)).close();
    return undefined;
  } catch (error) {
    if (error instanceof StartError) return error.message;
    throw error;
  }
}

function bothBuckets({ bucket, metaBucket }: InfluxClient): string[] {
  return [bucket, metaBucket];
}

/** Whether the token may read and write a bucket, by doing it. Throws `StartError` where it may not. */
export async function checkAccess(
  client: InfluxClient,
  server: InfluxSettings,
  bucket: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; ; await wait(WAIT_MS)) {
    try {
      await client.write(bucket, `probe n=1i ${Math.floor(Date.now() / 3_600_000) * 3_600}000000000`);
      await client.query(bucket, 'SELECT n FROM probe LIMIT 1');
      return;
    } catch (error) {
      const { message, cause } = error as Error;
      const late = Date.now() >= deadline ? `INFLUX_URL=${server.url} does not answer: ${message}` : undefined;
      const fault = faultOf(cause, server, bucket) ?? late;
      if (fault !== undefined) throw new StartError(fault, { cause: error });
    }
  }
}

/** What is wrong, where waiting would not help. */
function faultOf(cause: unknown, { url, org }: InfluxSettings, bucket: string): string | undefined {
  switch (cause instanceof HttpError ? cause.statusCode : undefined) {
    case 401:
      return `INFLUX_TOKEN is not valid at ${url}`;
    case 403:
      return `INFLUX_TOKEN may not read and write the bucket ${bucket}`;
    case 404:
      return `there is no bucket ${bucket} in the organisation ${org} at ${url}, or INFLUX_TOKEN may not see it`;
    default:
      return undefined;
  }
}
