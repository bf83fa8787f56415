/** Servers on a scratch folder, cars that send to them, and the question at the end: is everything there, once? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { becomesLive, FleetProcess, type Random, readEventsOf, readTrips, TRANSPORTS, until } from '@fleet/testkit';
import type { Outcome } from './scenario.ts';
import { Car, Traffic, type TrafficOptions } from './traffic.ts';

export const KEY = 'a-key-for-every-vehicle';
/** Retries of devices wait for seconds. */
const MOVES_WITHIN_MS = 60_000;
const ADMIN = 'a-token-of-somebody-who-may-read-everything';

export interface WorldOptions extends Partial<Pick<TrafficOptions, 'transports' | 'lanes'>> {
  readonly random: Random;
  /** More settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** Servers that share a store. @default 1 */
  readonly servers?: number;
  /** Cars send to this address instead of the server's. */
  readonly via?: (server: FleetProcess) => Promise<string>;
}

export class World {
  /** The only one, or the first. */
  readonly server: FleetProcess;
  readonly servers: readonly FleetProcess[];
  readonly traffic: Traffic;
  /** Where the servers keep what they have. */
  readonly folder: string;
  readonly #probe = new Car('probe');
  #probes = 0;
  #liveMs = 0;

  private constructor(servers: readonly FleetProcess[], folder: string, traffic: Traffic) {
    this.server = servers[0] as FleetProcess;
    this.servers = servers;
    this.folder = folder;
    this.traffic = traffic;
  }

  /** Starts servers and cars. */
  static async create({ random, env, servers: count = 1, via, ...traffic }: WorldOptions): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-torture-'));
    const settings = {
      DATA_DIR: folder,
      API_KEY: KEY,
      ADMIN_TOKEN: ADMIN,
      INGEST_MAX_AGE: 'off',
      LOG_LEVEL: 'warn',
      MQTT_LISTEN: 'off',
      ...env,
    };
    const servers: FleetProcess[] = [];
    try {
      for (let made = 0; made < count; made++) servers.push(await FleetProcess.create(settings));
      for (const server of servers) await server.start();
      const urls = await Promise.all(servers.map(async (server) => (await via?.(server)) ?? server.url));
      const targets = urls.map((url) => ({ url, key: KEY }));
      return new World(servers, folder, new Traffic({ targets, random, ...traffic }));
    } catch (error) {
      for (const server of servers) await server.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Has every server acknowledge a new event within the bound, directly; throws where that takes too long. */
  async becomesLive(): Promise<void> {
    for (const { url } of this.servers) {
      const target = { url, key: KEY };
      const took = await becomesLive(TRANSPORTS.one, this.#probe.next(1), { target, ledger: this.traffic.ledger });
      this.#probes++;
      this.#liveMs = Math.max(this.#liveMs, took);
    }
  }

  /** Resolves when something more was acknowledged: what happens next happens while events flow. */
  async moves(): Promise<void> {
    const before = this.traffic.ledger.owed;
    await until(Date.now() + MOVES_WITHIN_MS, async () => {
      if (this.traffic.ledger.owed === before) throw new Error('nothing is acknowledged any more');
    });
  }

  /** Resolves when a car noticed something, if none has yet: what lasts until then was not over before anybody met it. */
  async isFelt(): Promise<void> {
    await until(Date.now() + MOVES_WITHIN_MS, async () => {
      if (this.traffic.failures === 0) throw new Error('no car noticed anything');
    });
  }

  /** For `judge`: that no car noticed anything, which means that nothing was tried. */
  unfelt(): string[] {
    return this.traffic.failures > 0 ? [] : ['no car noticed anything'];
  }

  /** Stops the cars, reads everything back from each server and asks the oracle. */
  async judge(times: number, more: readonly string[] = []): Promise<Outcome> {
    await this.traffic.stop();
    const { refused, ledger } = this.traffic;
    const faults = [...more, ...(refused === undefined ? [] : [`refused: ${refused}`])];
    let stored = 0;
    for (const { url } of this.servers) {
      const reader = { url, key: ADMIN };
      const events = await readEventsOf(reader, await readTrips(reader));
      faults.push(...ledger.faultsIn(events));
      stored = events.length;
    }
    return { times, acknowledged: ledger.owed, stored, liveMs: this.#probes === 0 ? null : this.#liveMs, faults };
  }

  async dispose(): Promise<void> {
    for (const server of this.servers) await server.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A world for as long as the work takes. */
export async function inWorld<T>(options: WorldOptions, work: (world: World) => Promise<T>): Promise<T> {
  const world = await World.create(options);
  try {
    return await work(world);
  } finally {
    await world.dispose();
  }
}

/** Kills a process some moment from now, and starts it again. */
export async function killAgain(victim: Victim, afterMs: number): Promise<void> {
  await pause(afterMs);
  await victim.end('SIGKILL');
  await victim.start();
}

/** What can be killed and started again with what it has. */
export interface Victim {
  end(signal: NodeJS.Signals): Promise<unknown>;
  start(): Promise<void>;
}

/** Where the compiled module is that a server is to load before itself: this one may run from its source. */
export function hookUrl(name: 'kill-point' | 'clock-hook'): string {
  return new URL(`../dist/${name}.js`, import.meta.url).href;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
