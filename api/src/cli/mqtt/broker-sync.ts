/** Keeps Mosquitto's files as the keys are, and has it read them again when they change. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Directory, REFRESH_MS } from '../../access/directory.ts';
import { mosquittoHash } from '../../access/key.ts';
import { awaitStore, waitingTo } from '../../await-store.ts';
import type { Config } from '../../config.ts';
import { faultText } from '../../fault-text.ts';
import { parseApps } from '../../formats/topic-format.ts';
import { influxOptions } from '../../open-store.ts';
import type { Registry } from '../../registry.ts';
import { openInfluxStore } from '../../stores/influxdb/influx-store.ts';
import { openFileRegistry } from '../../stores/sqlite/file-registry.ts';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import { type Account, accountsOf, aclText, ownAccount, passwordsText, type Topics } from './broker-files.ts';

export interface SyncOptions {
  readonly directory: string;
  readonly signalProcess?: string;
  readonly once?: true;
}

const OWNER_ONLY = 0o600;

/** Writes the files whenever they are to change, until the process is told to stop; with `once`, one time. */
export async function syncBroker(context: CommandContext, options: SyncOptions): Promise<void> {
  const config = await awaitStore(context.env, { say: waitingTo(context.err), program: 'job', answersProbes: false });
  const { registry, close } = await openRegistry(config);
  const files = new BrokerFiles(context, options);
  const accounts = createAccounts(registry, config, context);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  try {
    do {
      try {
        files.write(await accounts());
      } catch (error) {
        const fault = faultText(error);
        if (fault === undefined || options.once) throw error;
        context.err.write(`fleet: ${fault}\n`);
      }
      if (options.once) return;
      await pause(REFRESH_MS, undefined, { signal: stopping.signal }).catch(() => {});
    } while (!stopping.signal.aborted);
  } finally {
    await close();
  }
}

async function openRegistry(config: Config): Promise<{ registry: Registry; close: () => Promise<void> }> {
  if (config.STORE === 'influxdb') {
    const { registry, events } = await openInfluxStore(influxOptions(config));
    return { registry, close: () => events.close() };
  }
  if (config.STORE === 'memory') throw new CommandError('STORE=memory keeps no keys that others could read');
  const registry = openFileRegistry(config.DATA_DIR, 'refuse');
  return { registry, close: async () => registry.close() };
}

/** Reads who may connect now: by user name, so that the same keys make the same files. */
function createAccounts(registry: Registry, config: Config, { now, err }: CommandContext): () => Promise<Account[]> {
  const apps = parseApps(config.MQTT_APPS);
  const topics: Topics = { apps: apps.ok ? apps.value : [], prefix: config.HA_DISCOVERY_PREFIX };
  const { MQTT_USERNAME: user, MQTT_PASSWORD: password } = config;
  const own = user === undefined || password === undefined ? [] : [ownAccount(user, mosquittoHash(password), topics)];
  if (own.length === 0) err.write('fleet: MQTT_USERNAME and MQTT_PASSWORD are not set: the server gets no account\n');
  const directory = new Directory(registry, now, () => []);
  const told = new Set<string>();
  return async () => {
    await directory.refresh();
    const devices = await registry.list('device');
    for (const { body } of devices) {
      const isOld = body.keys.some(({ mosquitto }) => mosquitto === undefined);
      if (isOld && !told.has(body.name))
        err.write(`fleet: ${body.name} has a key that is too old for this: rotate it\n`);
      if (isOld) told.add(body.name);
    }
    const accounts = devices.flatMap(({ body }) => accountsOf(body, directory, topics, now()));
    return [...own, ...accounts.toSorted((a, b) => (a.user < b.user ? -1 : 1))];
  };
}

/** The files, and whoever reads them. */
class BrokerFiles {
  readonly #context: CommandContext;
  readonly #options: SyncOptions;

  constructor(context: CommandContext, options: SyncOptions) {
    this.#context = context;
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
  }

  /** Writes them if they are to say something else than they do. */
  write(accounts: readonly Account[]): void {
    const texts = { passwords: passwordsText(accounts), acl: aclText(accounts) };
    const changed = Object.entries(texts).filter(([name, text]) => this.#read(name) !== text);
    if (changed.length === 0) return;
    for (const [name, text] of changed) this.#replace(name, text);
    const { signalProcess } = this.#options;
    const told = signalProcess === undefined ? [] : processesNamed(signalProcess);
    for (const pid of told) process.kill(pid, 'SIGHUP');
    const reader = told.length > 0 ? `; ${signalProcess} reads them again` : '';
    this.#context.out.write(`${accounts.length} users written${reader}\n`);
  }

  #read(name: string): string | undefined {
    try {
      return readFileSync(join(this.#options.directory, name), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** The whole new file takes the place of the whole old one. */
  #replace(name: string, text: string): void {
    const path = join(this.#options.directory, name);
    writeFileSync(`${path}.new`, text, { mode: OWNER_ONLY });
    renameSync(`${path}.new`, path);
  }
}

/** The processes of a name, as Linux tells them (proc(5)). */
function processesNamed(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && commandOf(entry) === name)
    .map(Number);
}

function commandOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
