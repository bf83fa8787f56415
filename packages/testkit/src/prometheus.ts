/** A real Prometheus for tests: the `prometheus` on the PATH, which reads the metrics that a function says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './fleet-process.ts';
import { until } from './senders.ts';

/** How long a start may take, milliseconds. */
const START_MS = 60_000;

export class Prometheus {
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fleet-prometheus-'));
  readonly #metrics: Server;
  #child: ChildProcess | undefined;

  private constructor(port: number, metrics: Server) {
    this.url = `http://127.0.0.1:${port}`;
    this.#metrics = metrics;
  }

  /** One that reads these metrics every second. */
  static async create(metrics: () => string): Promise<Prometheus> {
    const server = createServer((_, res) => res.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const prometheus = new Prometheus(await freePort(), server);
    await prometheus.#start();
    return prometheus;
  }

  /** The series that answer a query now, each with its labels and value. Throws Prometheus' words. */
  async ask(query: string): Promise<{ readonly metric: Record<string, string>; readonly value: number }[]> {
    const response = await fetch(`${this.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { error, data } = (await response.json()) as {
      error?: string;
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (error !== undefined) throw new Error(`${error}: ${query}`);
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async dispose(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    this.#metrics.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const target = `127.0.0.1:${(this.#metrics.address() as AddressInfo).port}`;
    const config = {
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'fleet-api', static_configs: [{ targets: [target] }] }],
    };
    const file = join(this.#folder, 'prometheus.yml');
    writeFileSync(file, JSON.stringify(config));
    this.#child = spawn(
      'prometheus',
      [
        ...[`--config.file=${file}`, `--storage.tsdb.path=${join(this.#folder, 'data')}`],
        ...[`--web.listen-address=${new URL(this.url).host}`, '--log.level=error'],
      ],
      { stdio: 'ignore' },
    );
    await until(Date.now() + START_MS, async () => {
      const response = await fetch(`${this.url}/-/ready`);
      if (!response.ok) throw new Error(await response.text());
    });
  }
}
