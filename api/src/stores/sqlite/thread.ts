/** Calls from one thread to another: plain functions of plain data on either side. */
import { type MessagePort, parentPort, Worker } from 'node:worker_threads';
import { StartError, StoreUnavailableError } from '../../ports.ts';

/** What a thread can be asked; every answer comes as a promise. */
// biome-ignore lint/suspicious/noExplicitAny: the bound of a type parameter that holds functions of any arguments
export type Methods = Readonly<Record<string, (...args: any[]) => unknown>>;

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A part of the store that is asked for its methods, wherever it works. */
export interface Part<M extends Methods> {
  /** Asks for a method. Buffers among the top members of the first argument may change hands instead of being copied. */
  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<ReturnType<M[K]>>;
  /** Ends it; what was asked and is not answered is dropped. */
  end(): Promise<void>;
}

/** A part that works in the thread of whoever asks: for those who open many files, one after the other. */
export function inThisThread<M extends Methods>(methods: M): Part<M> {
  return {
    call: async (method, ...args) => methods[method]?.(...args) as ReturnType<M[typeof method]>,
    end: async () => {},
  };
}

/** For what is made and soon forgotten: V8 else takes eight times as much of each thread, and keeps it. */
const YOUNG_MIB = 6;

/** A thread that was started, as its caller has it. */
export class Thread<M extends Methods> implements Part<M> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #dead: Error | undefined;

  /** `onDeath` hears of an end that nobody asked for: nothing that was asked since will be answered. */
  constructor(entry: URL, data: unknown, onDeath: (error: Error) => void) {
    this.#worker = new Worker(compiled(entry), {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    const die = (cause: unknown) => {
      if (this.#dead !== undefined) return;
      this.#dead = new StoreUnavailableError('a thread of the store has ended', { cause });
      for (const { reject } of this.#waiting.values()) reject(this.#dead);
      this.#waiting.clear();
      onDeath(this.#dead);
    };
    this.#worker.on('error', die);
    this.#worker.on('exit', die);
  }

  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<ReturnType<M[K]>> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id, method, args } satisfies Call, buffersOf(args[0]));
    });
  }

  async end(): Promise<void> {
    this.#dead ??= new StoreUnavailableError('the store is closed');
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(revived(answer.error));
  }
}

/** Answers calls in this thread, one after the other. */
export function serve(methods: Methods): void {
  const port = parentPort as MessagePort;
  port.on('message', ({ id, method, args }: Call) => {
    try {
      const value = methods[method]?.(...args);
      port.postMessage({ id, value } satisfies Answer, buffersOf(value));
    } catch (error) {
      const { name, message } = error as Error;
      port.postMessage({ id, error: { name, message } } satisfies Answer);
    }
  });
}

function revived({ name, message }: { name: string; message: string }): Error {
  if (name === 'StoreUnavailableError') return new StoreUnavailableError(message);
  return name === 'StartError' ? new StartError(message) : Object.assign(new Error(message), { name });
}

function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((member) => (ArrayBuffer.isView(member) ? [member.buffer as ArrayBuffer] : []));
}

/** Threads run compiled code, also where the caller runs from source, as in tests. */
function compiled(entry: URL): URL {
  return new URL(entry.href.replace('/src/', '/dist/').replace(/\.ts$/, '.js'));
}
