/**
 * Requests over bare connections, each of which sends the next one when the answer to the last is there. Made to cost
 * much less than what it measures: requests come as bytes, and of answers only the status and the length are read.
 */
import { connect, type Socket } from 'node:net';

/** The bytes of the next request, which may be written into the connection's own buffer; undefined to stop. */
export type Supply = (own: Buffer) => Uint8Array | undefined;

export interface LoopReport {
  readonly answers: number;
  /** Answers with another status than 200. */
  readonly failures: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
}

/** Sends what there is, over so many connections. One that is cut is a fault, or with `untilCut` at its end. */
export async function runClosedLoop(
  port: number,
  connections: number,
  ownBytes: number,
  supply: Supply,
  untilCut = false,
): Promise<LoopReport> {
  const loops = Array.from({ length: connections }, () => new Connection(port, ownBytes, supply));
  await Promise.all(loops.map((loop) => loop.open()));
  const began = performance.now();
  await Promise.all(loops.map((loop) => loop.run().catch((error) => untilCut || Promise.reject(error))));
  const seconds = (performance.now() - began) / 1_000;
  for (const loop of loops) loop.close();
  const total = (count: (loop: Connection) => number) => loops.reduce((all, loop) => all + count(loop), 0);
  return { answers: total(({ answers }) => answers), failures: total(({ failures }) => failures), seconds };
}

const END_OF_HEAD = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);

class Connection {
  answers = 0;
  failures = 0;
  readonly #socket: Socket;
  readonly #own: Buffer;
  readonly #supply: Supply;
  #received: Buffer = NOTHING;
  #done: () => void = () => {};
  #failed: (error: Error) => void = () => {};

  constructor(port: number, ownBytes: number, supply: Supply) {
    this.#own = Buffer.allocUnsafe(ownBytes);
    this.#supply = supply;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes) => this.#take(bytes));
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('the server closed a connection')));
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      this.#socket.once('connect', resolve);
    });
  }

  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#failed = reject;
      this.#next();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #next(): void {
    const request = this.#supply(this.#own);
    if (request === undefined) this.#done();
    else this.#socket.write(request);
  }

  #take(bytes: Buffer): void {
    const received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    this.#received = received;
    const end = received.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    if (received.length < end + END_OF_HEAD.length + length) return;
    this.#received = NOTHING;
    this.answers++;
    if (!head.startsWith('HTTP/1.1 200 ')) this.failures++;
    this.#next();
  }
}
