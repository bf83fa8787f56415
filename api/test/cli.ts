/** The real `fleet` for tests: a process of its own, beside a real server on the same folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetProcess } from '@fleet/testkit';

const FLEET = fileURLToPath(new URL('../bin/fleet.js', import.meta.url));

/** What a command wrote and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that is running. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it wrote to both outputs so far. */
  said(): string;
}

/** A folder, the server that works there when it is started, and commands on it. */
export interface Place {
  readonly folder: string;
  readonly server: FleetProcess;
  /** An admin's key. */
  readonly admin: string;
  /** Runs a command with the server's settings, and these. */
  fleet(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  /** Ends everything that was started here, and takes the folder away. */
  leave(): Promise<void>;
}

export async function createPlace(settings: Readonly<Record<string, string>> = {}): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-cli-'));
  const admin = `admin-${crypto.randomUUID()}`;
  const env = { DATA_DIR: join(folder, 'data'), ADMIN_TOKEN: admin, TRIP_IDLE_TIMEOUT: '100s', ...settings };
  const server = await FleetProcess.create({ ...env, LOG_LEVEL: 'warn' });
  const started: Running[] = [];
  let left = false;
  const start = (args: readonly string[], more = {}) => {
    if (left) throw new Error('the test is over');
    const running = run(args, { ...env, ...more }, folder);
    started.push(running);
    return running;
  };
  return {
    folder,
    server,
    admin,
    start,
    fleet: (args, more) => start(args, more).ended,
    async leave() {
      left = true;
      for (const { child } of started) child.kill('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await server.end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The last word of a text: where commands print keys. */
export function lastWord(text: string): string {
  return text.trim().split(/\s+/).at(-1) ?? '';
}

function run(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Running {
  const child = spawn(process.execPath, [FLEET, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, ended, said: () => out + err };
}
