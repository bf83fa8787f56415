/** The real program as a process of its own that says how long its event loop was held, and how much memory it took. */
import { FleetProcess } from '@fleet/testkit';
import { until } from './server.ts';

/** What is said since the start, or since it was last asked. */
export interface Watched {
  /** The longest that the event loop was held, milliseconds. */
  readonly held_ms: number;
  /** The most memory that the process ever took, bytes. */
  readonly most_bytes: number;
}

/** How often the event loop is looked at, milliseconds. */
const RESOLUTION_MS = 5;

/** Runs before the program: on SIGUSR2, it writes a line. */
const WATCH = `
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) {
    const delay = monitorEventLoopDelay({ resolution: ${RESOLUTION_MS} });
    delay.enable();
    let asked = 0;
    process.on('SIGUSR2', () => {
      const said = { held_ms: delay.max / 1e6 - ${RESOLUTION_MS}, most_bytes: process.resourceUsage().maxRSS * 1024 };
      delay.reset();
      process.stdout.write('watched ' + ++asked + ' ' + JSON.stringify(said) + '\\n');
    });
  }`;

export class WatchedProcess {
  readonly process: FleetProcess;
  #asked = 0;

  private constructor(process: FleetProcess) {
    this.process = process;
  }

  /** A program that is not started yet. */
  static async create(env: Readonly<Record<string, string>>): Promise<WatchedProcess> {
    const script = `data:text/javascript,${encodeURIComponent(WATCH)}`;
    return new WatchedProcess(
      await FleetProcess.create({ ...env, NODE_OPTIONS: `--max-semi-space-size=1 --import ${script}` }),
    );
  }

  async ask(): Promise<Watched> {
    const label = `watched ${++this.#asked} `;
    process.kill(this.process.pid as number, 'SIGUSR2');
    const output = await until(
      () => this.process.output,
      (text) => text.slice(text.indexOf(label)).includes('\n') && text.includes(label),
    );
    const [line = ''] = output.slice(output.indexOf(label) + label.length).split('\n');
    return JSON.parse(line) as Watched;
  }
}
