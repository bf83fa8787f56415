/** A real InfluxDB for tests: the `influxd` on the PATH, on a free port, with a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './fleet-process.ts';
import { until } from './senders.ts';

/** How long a start may take, milliseconds. */
const START_MS = 60_000;
const ORG = 'fleet';

/** What a client needs to know of a server. */
export interface InfluxAccess {
  readonly url: string;
  readonly token: string;
  readonly org: string;
  readonly bucket: string;
}

export class Influxd {
  readonly url: string;
  /** May do everything. */
  readonly token = `token-${crypto.randomUUID()}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleet-influxd-'));
  readonly #port: number;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;
  #orgId = '';

  private constructor(port: number, options: readonly string[]) {
    this.#port = port;
    this.#options = options;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** A server that runs and is set up, without buckets of its own; `options` are further ones of `influxd`. */
  static async create(...options: readonly string[]): Promise<Influxd> {
    const server = await Influxd.createEmpty(...options);
    await server.#setUp();
    return server;
  }

  /** A server that runs and was never set up: `token` holds when somebody sets it up with it. */
  static async createEmpty(...options: readonly string[]): Promise<Influxd> {
    const server = new Influxd(await freePort(), options);
    await server.start();
    return server;
  }

  /** Its process; NaN where it does not run. */
  get pid(): number {
    return this.#child?.pid ?? Number.NaN;
  }

  /** Starts it again, with what it has. */
  async start(): Promise<void> {
    const folder = this.#folder;
    const child = spawn(
      'influxd',
      [
        ...['--http-bind-address', `127.0.0.1:${this.#port}`, '--engine-path', join(folder, 'engine')],
        ...['--bolt-path', join(folder, 'influxd.bolt'), '--sqlite-path', join(folder, 'influxd.sqlite')],
        ...['--reporting-disabled', '--log-level', 'error', ...this.#options],
      ],
      { stdio: 'ignore' },
    );
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    this.#child = child;
    const ready = until(Date.now() + START_MS, async () => {
      const response = await fetch(`${this.url}/ready`);
      if (!response.ok) throw new Error(await response.text());
    });
    await Promise.race([ready, failed]);
  }

  /** A new bucket and its `_meta`, which other tests don't know; retention in seconds, 0 for none. */
  async makeBuckets(retention = 0): Promise<InfluxAccess> {
    const bucket = `telemetry-${crypto.randomUUID().slice(0, 8)}`;
    await this.#makeBucket(bucket, retention);
    await this.#makeBucket(`${bucket}_meta`, 0);
    return { url: this.url, token: this.token, org: ORG, bucket };
  }

  /** A token that may read and write everything, and `revoke`, after which it may nothing. */
  async makeToken(): Promise<{ token: string; revoke(): Promise<void> }> {
    const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets' } }));
    const { id, token } = (await this.ask('POST', '/api/v2/authorizations', {
      orgID: this.#orgId,
      permissions,
    })) as { id: string; token: string };
    return { token, revoke: async () => void (await this.ask('DELETE', `/api/v2/authorizations/${id}`)) };
  }

  /** The rows of an InfluxQL query, as lists of values. */
  async select(bucket: string, influxql: string): Promise<readonly (readonly unknown[])[]> {
    const query = new URLSearchParams({ db: bucket, q: influxql });
    const { results } = (await this.ask('GET', `/query?${query}`)) as {
      results: { series?: { values: unknown[][] }[] }[];
    };
    return results.flatMap(({ series = [] }) => series.flatMap(({ values }) => values));
  }

  /** Calls its HTTP API. */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Token ${this.token}`, 'content-type': 'application/json' };
    const response = await fetch(this.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Has it stand still, so that it takes connections and answers nothing, or go on. */
  hang(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Sends a signal; resolves when it has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** Ends it and takes its data away. */
  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #setUp(): Promise<void> {
    const account = { username: 'admin', password: 'password-of-tests', org: ORG, bucket: 'first', token: this.token };
    const { org } = (await this.ask('POST', '/api/v2/setup', account)) as { org: { id: string } };
    this.#orgId = org.id;
  }

  async #makeBucket(name: string, retention: number): Promise<void> {
    const retentionRules = retention === 0 ? [] : [{ type: 'expire', everySeconds: retention }];
    await this.ask('POST', '/api/v2/buckets', { orgID: this.#orgId, name, retentionRules });
  }
}

/** Whether a program is on the PATH. Where `FLEET_REQUIRE_SERVERS=1` says that it must be, tests go on and fail. */
export function hasProgram(name: string): boolean {
  // biome-ignore lint/style/noProcessEnv: said to tests, not to the program
  if (process.env['FLEET_REQUIRE_SERVERS'] === '1') return true;
  return spawnSync(name, ['--help'], { stdio: 'ignore' }).error === undefined;
}
