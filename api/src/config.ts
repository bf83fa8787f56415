/** The configuration of the server. */
import { readFileSync } from 'node:fs';
import { readSettings, type Settings } from '@fleet/env';
import proxyAddr from 'proxy-addr';
import { parseKeysFile } from './access/fixed-keys.ts';
import { CONFIG_SPEC } from './config-spec.ts';
import { StartError } from './ports.ts';

export type Config = Settings<typeof CONFIG_SPEC>;

/** Reads the configuration. Throws `StartError` with everything that is wrong, a line each. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = readSettings(CONFIG_SPEC, env);
  const errors = read.ok ? faultsBeyondForm(read.value) : [...read.error];
  if (!read.ok || errors.length > 0) throw new StartError(errors.join('\n'));
  return read.value;
}

/** Whose word counts for a client's address: the setting `TRUST_PROXY` as Express and proxy-addr take it. */
export function trustOf(setting: string): (address: string, hop: number) => boolean {
  if (setting === 'off') return () => false;
  const hops = /^\d+$/.test(setting) ? Number(setting) : undefined;
  return hops === undefined
    ? proxyAddr.compile(setting.split(',').map((part) => part.trim()))
    : (_address, hop) => hop < hops;
}

function faultsBeyondForm(config: Config): string[] {
  const faults: string[] = [];
  const check = (name: string, work: () => void) => {
    try {
      work();
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`);
    }
  };
  check(`TRUST_PROXY=${config.TRUST_PROXY}`, () => trustOf(config.TRUST_PROXY));
  const keysFile = config.KEYS_FILE;
  if (keysFile !== undefined) check(`KEYS_FILE=${keysFile}`, () => checkKeysFile(keysFile));
  if (config.BACKUP_DIR !== undefined && config.STORE !== 'sqlite') {
    faults.push(`BACKUP_DIR is set, but STORE=${config.STORE} has nothing that could be backed up there`);
  }
  return [...faults, ...(config.STORE === 'influxdb' ? missingIn(config) : [])];
}

/** A store that processes share needs to be found, and a key that they all derive their secrets from. */
function missingIn(config: Config): string[] {
  const needed = ['INFLUX_URL', 'INFLUX_TOKEN', 'ADMIN_TOKEN'] as const;
  return needed.filter((name) => config[name] === undefined).map((name) => `${name} is needed with STORE=influxdb`);
}

function checkKeysFile(path: string): void {
  const keys = parseKeysFile(readFileSync(path, 'utf8'));
  if (!keys.ok) throw new Error(keys.error);
}
