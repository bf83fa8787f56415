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
  for (const host of config.MAP_HOSTS?.split(',') ?? []) {
    check(`MAP_HOSTS=${config.MAP_HOSTS}`, () => void new URL(host.trim()));
  }
  if (config.BACKUP_DIR !== undefined && config.STORE === 'memory') {
    faults.push('BACKUP_DIR is set, but STORE=memory has nothing to back up');
  }
  return faults;
}

function checkKeysFile(path: string): void {
  const keys = parseKeysFile(readFileSync(path, 'utf8'));
  if (!keys.ok) throw new Error(keys.error);
}
