/** Where people and devices reach the server. */
import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { Config } from './config.ts';

/** The address by which a request came, as its client names it; undefined where that is no plain host. */
export function addressAsked({ headers: { host } }: IncomingMessage, isSecure: boolean): string | undefined {
  if (host === undefined || !/^([\w.-]+|\[[\da-f:]+\])(:\d{1,5})?$/i.test(host)) return undefined;
  return `${isSecure ? 'https' : 'http'}://${host}`;
}

/** The addresses that can be told without being asked: what others reach as well comes last. */
export function knownAddresses({ PUBLIC_URL, HOST }: Config, port: number): readonly [string, ...string[]] {
  if (PUBLIC_URL !== undefined) return [PUBLIC_URL];
  const isOpen = HOST === '0.0.0.0' || HOST === '::';
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outer = all.filter(({ family, internal }) => isOpen && family === 'IPv4' && !internal);
  return [`http://localhost:${port}`, ...outer.map(({ address }) => `http://${address}:${port}`)];
}
