/** The configuration of the server. */
import { readFileSync } from 'node:fs';
import {
  type Environment,
  readSettings,
  type Setting,
  type Settings,
  secretFilesOf,
  withSecretFiles,
} from '@fleet/env';
import proxyAddr from 'proxy-addr';
import { parseKeysFile } from './access/fixed-keys.ts';
import { keyIn } from './access/keys-file.ts';
import { CONFIG_SPEC } from './config-spec.ts';
import { parseApps } from './formats/topic-format.ts';
import { StartError } from './ports.ts';

export interface Config extends Settings<typeof CONFIG_SPEC> {
  /** The files that secrets came from, by the names of the settings. */
  readonly SECRET_FILES: Readonly<Record<string, string>>;
}

/** What a process is, as far as settings go: only a server lets anybody in. */
export type Program = 'server' | 'job';

/** Reads the configuration. Throws `StartError` with everything that is wrong, a line each. */
export function loadConfig(env: Environment, program: Program = 'server'): Config {
  const read = readSettings(CONFIG_SPEC, env);
  const errors = [...(read.ok ? [] : read.error), ...faultsBeyondForm(withSecretFiles(CONFIG_SPEC, env).env, program)];
  if (!read.ok || errors.length > 0) throw new StartError(errors.join('\n'));
  return { ...read.value, SECRET_FILES: secretFilesOf(CONFIG_SPEC, env) };
}

/** The `ADMIN_TOKEN` where processes share a store: each makes the same session key of it. */
export function sharedToken({ STORE, ADMIN_TOKEN }: Config): string | undefined {
  return STORE === 'influxdb' ? ADMIN_TOKEN : undefined;
}

/** Whose word counts for a client's address: the setting `TRUST_PROXY` as Express and proxy-addr take it. */
export function trustOf(setting: string): (address: string, hop: number) => boolean {
  if (setting === 'off') return () => false;
  const hops = /^\d+$/.test(setting) ? Number(setting) : undefined;
  return hops === undefined
    ? proxyAddr.compile(setting.split(',').map((part) => part.trim()))
    : (_address, hop) => hop < hops;
}

/** What is wrong with settings that any text has the form of: they are looked at whatever is wrong with others. */
function faultsBeyondForm(env: Environment, program: Program): string[] {
  const faults: string[] = [];
  const check = (name: keyof typeof CONFIG_SPEC, faultsIn: (text: string) => readonly string[]) => {
    const text = textOf(env, name);
    if (text === undefined) return;
    try {
      faults.push(...faultsIn(text).map((fault) => `${name}=${text} ${fault}`));
    } catch (error) {
      faults.push(`${name}=${text} ${(error as Error).message}`);
    }
  };
  check('TRUST_PROXY', (text) => {
    trustOf(text);
    return [];
  });
  check('KEYS_FILE', faultsOfKeysFile);
  const apiKey = textOf(env, 'API_KEY');
  if (apiKey !== undefined && apiKey === textOf(env, 'ADMIN_TOKEN')) {
    faults.push('API_KEY and ADMIN_TOKEN are the same: a device would be an admin; make up another key');
  }
  check('MQTT_APPS', (text) => {
    const apps = parseApps(text);
    return apps.ok ? [] : [apps.error];
  });
  for (const name of ['MQTT_TLS_CERT_FILE', 'MQTT_TLS_KEY_FILE', 'MQTT_CA_FILE'] as const) {
    check(name, (path) => {
      readFileSync(path);
      return [];
    });
  }
  if ((textOf(env, 'MQTT_TLS_CERT_FILE') === undefined) !== (textOf(env, 'MQTT_TLS_KEY_FILE') === undefined)) {
    faults.push('MQTT_TLS_CERT_FILE and MQTT_TLS_KEY_FILE need each other');
  }
  check('MAP_HOSTS', (text) => {
    for (const host of text.split(',')) new URL(host.trim());
    return [];
  });
  if (textOf(env, 'BACKUP_DIR') !== undefined && textOf(env, 'STORE') !== 'sqlite') {
    faults.push(`BACKUP_DIR is set, but STORE=${textOf(env, 'STORE')} has nothing that could be backed up there`);
  }
  return [...faults, ...(textOf(env, 'STORE') === 'influxdb' ? missingIn(env, program) : [])];
}

/** A store that processes share needs to be found, and a key that they all derive their secrets from. */
function missingIn(env: Environment, program: Program): string[] {
  const access = program === 'server' ? (['ADMIN_TOKEN'] as const) : [];
  const needed = ['INFLUX_URL', 'INFLUX_TOKEN', ...access] as const;
  return needed
    .filter((name) => textOf(env, name) === undefined)
    .map((name) => `${name} is needed with STORE=influxdb`);
}

/** What a setting says, its default where it says nothing. */
function textOf(env: Environment, name: keyof typeof CONFIG_SPEC): string | undefined {
  return env[name]?.trim() || (CONFIG_SPEC[name] as Setting<unknown>).default;
}

function faultsOfKeysFile(path: string): readonly string[] {
  const keys = parseKeysFile(readFileSync(path, 'utf8'), keyIn);
  return keys.ok ? [] : keys.error;
}
