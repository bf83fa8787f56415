/** Other programs of this folder, each a process of its own: one question at a time, one answer to each. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { bind } from './cores.ts';

export class Child<Question extends object, Answer> {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #died: Promise<never>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.pid = process.pid as number;
    this.#died = once(process, 'exit').then(([code]) => {
      throw new Error(`a program of the benchmark ended with ${code}`);
    });
    // In the end it dies for certain, and nobody waits any more.
    this.#died.catch(() => {});
  }

  /** Starts a program, on a core. */
  static start<Q extends object, A>(program: string, core: string | undefined): Child<Q, A> {
    const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
    const child = new Child<Q, A>(fork(file, [], { env: {} }));
    bind(child.pid, core);
    return child;
  }

  async ask(question: Question): Promise<Answer> {
    const answered = once(this.#process, 'message');
    this.#process.send(question);
    const [answer] = (await Promise.race([answered, this.#died])) as [Answer];
    return answer;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill();
    await exited;
  }
}

/** Answers the questions that this program is asked. */
export function answer<Question, Answer>(reply: (question: Question) => Promise<Answer>): void {
  process.on('message', (question: Question) => {
    void reply(question).then((each) => process.send?.(each));
  });
}
