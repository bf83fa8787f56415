/** The real program as a process of its own: to be killed, stopped and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Refused, until } from './senders.ts';

const PROGRAM = fileURLToPath(new URL('../../../api/dist/main.js', import.meta.url));
/** How long a start may take, milliseconds. */
const START_MS = 20_000;

export class FleetProcess {
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  /** Settles when the child has ended and all that it wrote is here: `exit` may come before the last of its output. */
  #closed: Promise<unknown> = Promise.resolve();
  #output = '';

  private constructor(port: number, env: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#env = { MQTT_LISTEN: 'off', ...env, PORT: `${port}`, HOST: '127.0.0.1' };
  }

  /** A program that is not started yet, with a port that stays its own. */
  static async create(env: Readonly<Record<string, string>>): Promise<FleetProcess> {
    return new FleetProcess(await freePort(), env);
  }

  /** Everything that it wrote to its two outputs. */
  get output(): string {
    return this.#output;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, with more in its environment this once; resolves when it is ready. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM], {
      env: { ...this.#env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.#output += text));
    this.#child = child;
    this.#closed = once(child, 'close');
    await until(Date.now() + START_MS, async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        await this.#closed;
        throw new Refused(`it ended: ${this.#output}`);
      }
      const response = await fetch(`${this.url}/readyz`);
      if (!response.ok) throw new Error(await response.text());
    });
  }

  /** Resolves when it has ended by itself, at once where it does not run, with the signal that has ended it, if one has. */
  async ended(): Promise<NodeJS.Signals | null> {
    await this.#closed;
    return this.#child?.signalCode ?? null;
  }

  /** Sends a signal, if it runs; resolves with its exit code when it has ended. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child?.kill(signal);
    await this.#closed;
    return this.#child?.exitCode ?? null;
  }
}

/** A port that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
