/** Which core does what: the server has one for itself, everything else is done on another. */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

export interface Cores {
  /** Undefined where processes can't be bound to cores, or there is only one. */
  readonly server: string | undefined;
  readonly load: string | undefined;
  readonly all: string | undefined;
  readonly words: string;
}

/** The last core for the server: the first one has the most interrupts. */
export function chooseCores(): Cores {
  const count = cpus().length;
  if (count < 2) return unbound('one core does everything: ratios between servers mean little');
  if (!canBind()) return unbound('taskset is missing: processes move between cores');
  const last = count - 1;
  return { server: `${last}`, load: '0', all: `0-${last}`, words: `server on core ${last}, load on core 0` };
}

/** Binds all threads of a process to cores; those that it starts later go there too. */
export function bind(pid: number, cores: string | undefined): void {
  if (cores === undefined) return;
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, `${pid}`], { stdio: 'ignore' });
}

function unbound(words: string): Cores {
  return { server: undefined, load: undefined, all: undefined, words };
}

function canBind(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
