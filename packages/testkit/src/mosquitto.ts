/** A real Mosquitto for tests: the one on the PATH, with the configuration of `examples/mosquitto`, in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './fleet-process.ts';
import { until } from './senders.ts';

/** The folder of the configuration, with a slash at its end. */
export const MOSQUITTO_EXAMPLE = fileURLToPath(new URL('../../../examples/mosquitto/', import.meta.url));

const START_MS = 20_000;

/** What is set instead of what the example says, for tests: by the beginning of the line. */
export type MosquittoOverrides = Readonly<Record<string, string>>;

export class Mosquitto {
  /** Without TLS. */
  readonly port: number;
  readonly tlsPort: number;
  /** Where its passwords, its access list and its certificate are. */
  readonly folder = mkdtempSync(join(tmpdir(), 'fleet-mosquitto-'));
  readonly #overrides: MosquittoOverrides;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(port: number, tlsPort: number, overrides: MosquittoOverrides) {
    this.port = port;
    this.tlsPort = tlsPort;
    this.#overrides = overrides;
  }

  /** A broker that runs; users by name, with their passwords. */
  static async create(users: Readonly<Record<string, string>>, overrides: MosquittoOverrides = {}): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort(), await freePort(), overrides);
    broker.#prepare(users);
    await broker.start();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** The certificate that its own is signed with: itself. */
  get caFile(): string {
    return join(this.folder, 'server.crt');
  }

  /** Everything that it logged. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    return this.#child?.pid ?? Number.NaN;
  }

  /** Starts it, again with what it has saved; resolves when it takes connections. */
  async start(): Promise<void> {
    const child = spawn('mosquitto', ['-c', join(this.folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.#output += text));
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
    failed.catch(() => {});
    this.#child = child;
    const ready = until(Date.now() + START_MS, async () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${this.#output}`);
      await reach(this.port);
    });
    await Promise.race([ready, failed]);
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
    rmSync(this.folder, { recursive: true, force: true });
  }

  #prepare(users: Readonly<Record<string, string>>): void {
    mkdirSync(join(this.folder, 'saved'));
    copyFileSync(`${MOSQUITTO_EXAMPLE}acl`, join(this.folder, 'acl'));
    writeFileSync(join(this.folder, 'passwords'), '');
    for (const [user, password] of Object.entries(users)) {
      execFileSync('mosquitto_passwd', ['-b', join(this.folder, 'passwords'), user, password]);
    }
    makeCertificate(this.folder);
    writeFileSync(join(this.folder, 'mosquitto.conf'), this.#configuration());
  }

  #configuration(): string {
    const text = readFileSync(`${MOSQUITTO_EXAMPLE}mosquitto.conf`, 'utf8')
      .replaceAll('/etc/mosquitto/fleet/', `${this.folder}/`)
      .replace('/var/lib/mosquitto/fleet/', `${join(this.folder, 'saved')}/`)
      .replace('listener 8883', `listener ${this.tlsPort} 127.0.0.1`)
      .replace('listener 1883', `listener ${this.port}`);
    const lines = text.split('\n').map((line) => {
      const name = line.split(' ')[0] ?? '';
      return Object.hasOwn(this.#overrides, name) ? `${name} ${this.#overrides[name]}` : line;
    });
    // As root it would become another user, who may not read the folder.
    return [...lines, ...(process.getuid?.() === 0 ? ['user root'] : [])].join('\n');
  }
}

/** Makes `server.crt` in a folder, a certificate of 127.0.0.1 that is signed with its own key, and that key, `server.key`. */
export function makeCertificate(folder: string): void {
  const [key, cert] = [join(folder, 'server.key'), join(folder, 'server.crt')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-keyout', key, '-out', cert, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
}

/** Resolves when something listens on a port. */
async function reach(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
