/** A server on a scratch folder, cars that send to it, and the question at the end: is everything there, once? */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  becomesLive,
  FleetProcess,
  type Random,
  readEventsOf,
  readTrips,
  type Target,
  TRANSPORTS,
} from '@fleet/testkit';
import type { Outcome } from './scenario.ts';
import { Car, Traffic } from './traffic.ts';

const KEY = 'a-key-for-every-vehicle';
const ADMIN = 'a-token-of-somebody-who-may-read-everything';

export class World {
  readonly server: FleetProcess;
  readonly traffic: Traffic;
  readonly #target: Target;
  readonly #folder: string;
  readonly #probe = new Car('probe');
  #probes = 0;
  #liveMs = 0;

  private constructor(server: FleetProcess, folder: string, target: Target, random: Random) {
    this.server = server;
    this.#folder = folder;
    this.#target = target;
    this.traffic = new Traffic(target, random);
  }

  /** Starts a server and its cars. They send to `via`, if that is another address. */
  static async create(random: Random, via?: (server: FleetProcess) => Promise<string>): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-torture-'));
    const server = await FleetProcess.create({
      DATA_DIR: folder,
      API_KEY: KEY,
      ADMIN_TOKEN: ADMIN,
      INGEST_MAX_AGE: 'off',
      LOG_LEVEL: 'warn',
      MQTT_LISTEN: 'off',
    });
    await server.start();
    return new World(server, folder, { url: (await via?.(server)) ?? server.url, key: KEY }, random);
  }

  /** Has a new event acknowledged within the bound, directly; throws where that takes too long. */
  async becomesLive(): Promise<void> {
    const target = { url: this.server.url, key: KEY };
    const took = await becomesLive(TRANSPORTS.one, this.#probe.next(1), { target, ledger: this.traffic.ledger });
    this.#probes++;
    this.#liveMs = Math.max(this.#liveMs, took);
  }

  /** Stops the cars, reads everything back and asks the oracle. */
  async judge(times: number, more: readonly string[] = []): Promise<Outcome> {
    await this.traffic.stop();
    const reader = { url: this.server.url, key: ADMIN };
    const stored = await readEventsOf(reader, await readTrips(reader));
    const { refused, ledger, acknowledged } = this.traffic;
    return {
      times,
      acknowledged: acknowledged + this.#probes,
      stored: stored.length,
      liveMs: this.#probes === 0 ? null : this.#liveMs,
      faults: [...more, ...(refused === undefined ? [] : [`refused: ${refused}`]), ...ledger.faultsIn(stored)],
    };
  }

  async dispose(): Promise<void> {
    await this.server.end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get target(): Target {
    return this.#target;
  }
}

/** A world for as long as the work takes. */
export async function inWorld<T>(
  random: Random,
  work: (world: World) => Promise<T>,
  via?: (server: FleetProcess) => Promise<string>,
): Promise<T> {
  const world = await World.create(random, via);
  try {
    return await work(world);
  } finally {
    await world.dispose();
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
