/** strace on a running process: hears what it does with its disk, or has the disk fail. Linux, with strace on the PATH. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { pause } from './world.ts';

/** Between two looks at whether it is there yet, milliseconds. */
const LOOK_MS = 5;
const ATTACH_MS = 10_000;

/** Why processes can't be traced here; undefined where they can. */
export function cannotTrace(): string | undefined {
  return spawnSync('strace', ['-qq', 'true'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'strace is not on the PATH, or may not trace';
}

export class Strace {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when every thread of the process is traced. */
  static async attach(pid: number, ...options: readonly string[]): Promise<Strace> {
    const child = spawn('strace', ['-f', '-qq', ...options, '-p', `${pid}`], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => (said += text));
    for (const end = Date.now() + ATTACH_MS; !isTraced(pid); await pause(LOOK_MS)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`strace: ${said.trim()}`);
    }
    return new Strace(child);
  }

  /** Lets the process go on alone; resolves when all that was heard is written. */
  async detach(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGINT');
    await closed;
  }
}

function isTraced(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every((task) => {
    try {
      return !/^TracerPid:\t0$/m.test(readFileSync(`${tasks}/${task}/status`, 'utf8'));
    } catch {
      return true; // It ended meanwhile.
    }
  });
}
