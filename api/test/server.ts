/**
 * The real server for tests: over real HTTP on a free port, with a folder of its own. Everything that it logs is kept,
 * so that a test can look for what must not be there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { addDevice } from '../src/access/devices.ts';
import { FailedTries } from '../src/access/failed-tries.ts';
import type { Role, VehicleScope } from '../src/access/records.ts';
import { loadConfig } from '../src/config.ts';
import type { AppParts } from '../src/http/app.ts';
import { Authenticator } from '../src/http/authenticate.ts';
import { mapSettingsOf } from '../src/http/map-settings.ts';
import type { Services } from '../src/services.ts';
import { startServer } from '../src/start.ts';

export interface TestServerOptions {
  /** The server's clock; the machine's if not given. */
  readonly now?: () => number;
  /** Clocks before this were never set; with a clock of the test's own, none. */
  readonly builtAt?: number;
  /** A folder that another server left; an own one, which goes at the end, if not given. */
  readonly folder?: string;
  /** Hears that the server can't go on. */
  readonly onDeath?: (error: Error) => void;
}

/** What a test asks. An object as body is sent as JSON, text and bytes as they are. */
export interface TestRequest {
  readonly method?: string;
  /** Sent as `Authorization: Bearer`. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. Tests say what they expect of it. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is compared, not worked with
  readonly body: any;
}

export interface TestServer {
  readonly url: string;
  /** The port of the broker inside, where `MQTT_LISTEN` says that there is one. */
  readonly mqttPort: number;
  readonly services: Services;
  readonly folder: string;
  /** The `ADMIN_TOKEN`. */
  readonly admin: string;
  /** Every key that was made here, the admin's included. */
  readonly secrets: readonly string[];
  /** A new device's key for these vehicles, all if none is given. */
  key(...vehicles: readonly string[]): Promise<string>;
  /** A new viewer's key for these vehicles, all if none is given. */
  viewer(...vehicles: readonly string[]): Promise<string>;
  /** A path starts at the root; the key is the admin's if none is given, none if it is empty. */
  request(path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Posts to /v1/ingest with a device's key for every vehicle. */
  ingest(body: unknown): Promise<TestAnswer>;
  /** Everything that was logged so far. */
  logged(): string;
  /** Stops the server; its folder goes with it unless it was given. */
  stop(): Promise<void>;
}

/** Starts a server with these settings; the first ones are an admin's token, a free port and a folder. */
export async function startTestServer(
  env: Readonly<Record<string, string>> = {},
  options: TestServerOptions = {},
): Promise<TestServer> {
  const { now, onDeath, builtAt = now && 0 } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'fleet-test-'));
  const admin = env['ADMIN_TOKEN'] ?? `admin-${crypto.randomUUID()}`;
  const lines: string[] = [];
  const log = pino({ level: env['LOG_LEVEL'] ?? 'trace' }, { write: (line: string) => void lines.push(line) });
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    MQTT_LISTEN: 'off',
    DATA_DIR: join(folder, 'data'),
    ADMIN_TOKEN: admin,
    ...env,
  };
  const dispose = () => {
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  const start = async () =>
    startServer(loadConfig(settings), {
      ...{ log, ...(now && { now }), ...(onDeath && { onDeath }) },
      ...(builtAt !== undefined && { builtAt }),
    });
  const running = await start().catch((error) => {
    dispose();
    throw error;
  });
  const { services } = running;
  const url = `http://127.0.0.1:${running.port}`;
  const secrets = [admin];

  async function keyOf(role: Role, vehicles: VehicleScope): Promise<string> {
    const wanted = { name: `${role} ${secrets.length}`, role, vehicles, expires_at: null };
    const { key } = await addDevice(services.registry, wanted, services.now());
    await services.directory.refresh();
    secrets.push(key);
    return key;
  }

  const allVehicles = await keyOf('device', '*');
  const request = (path: string, { key = admin, ...rest }: TestRequest = {}) => send(url + path, { key, ...rest });
  return {
    url,
    mqttPort: running.mqttPort ?? Number.NaN,
    services,
    folder,
    admin,
    secrets,
    key: (...vehicles) => keyOf('device', vehicles.length === 0 ? '*' : vehicles),
    viewer: (...vehicles) => keyOf('viewer', vehicles.length === 0 ? '*' : vehicles),
    request,
    ingest: (body) => request('/v1/ingest', { method: 'POST', key: allVehicles, body }),
    logged: () => lines.join(''),
    async stop() {
      await running.stop();
      dispose();
    },
  };
}

/** What it takes to serve routes beside the server, with the same services. */
export function partsOf(services: Services): Omit<AppParts, 'routes'> {
  const { directory, signIn, tallies, now, publicUrl } = services;
  const failedTries = new FailedTries(now);
  const authenticator = new Authenticator({
    directory,
    signIn,
    failedTries,
    addressOf: () => 'somewhere',
    publicUrl,
    onSeen: () => {},
  });
  return { authenticator, tallies, onFailure: () => {}, map: mapSettingsOf({}) };
}

/** Asks any server; redirects are answers, not followed. */
export async function send(url: string, { method, key = '', headers = {}, body }: TestRequest): Promise<TestAnswer> {
  const isJson = typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== '' && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body !== undefined && { body: (isJson ? JSON.stringify(body) : body) as string | Uint8Array }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Asks again until the answer is as wanted. A failure after the deadline has the last answer in it. */
export async function until<T>(ask: () => Promise<T> | T, wanted: (answer: T) => boolean, ms = 20_000): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(answer)} after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
