/** What sends to the server of the settings. */
import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from './config.ts';
import { createHttpClient, type HttpClient } from './uplink/http-client.ts';

/** Undefined where no server is set. Throws `ConfigError` where the certificate of its authority can't be read. */
export function createServerClient({ SERVER_URL: url, DEVICE_KEY: key = '', CA_FILE }: Config): HttpClient | undefined {
  if (url === undefined) return undefined;
  return createHttpClient({ url, key, ...(CA_FILE !== undefined && { ca: readAuthority(CA_FILE) }) });
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`CA_FILE can not be read: ${(error as Error).message}`);
  }
}
