/** A TCP proxy that hangs up in the middle: after so many bytes of what is sent, or of what is answered. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Which way the bytes go that are counted: `up` to the server, `down` to the client. */
export type Way = 'up' | 'down';

export class CuttingProxy {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #left: Record<Way, number> = { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY };
  #cut = () => {};

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async create(upstream: string): Promise<CuttingProxy> {
    const { hostname, port } = new URL(upstream);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(server, (server.address() as { port: number }).port);
    server.on('connection', (client) => {
      const back = connect(Number(port), hostname);
      proxy.#pass('up', client, back);
      proxy.#pass('down', back, client);
    });
    return proxy;
  }

  /** All connections end once so many bytes went this way; resolves then. What comes later passes again. */
  async cutAfter(way: Way, bytes: number): Promise<void> {
    const cut = new Promise<void>((resolve) => {
      this.#cut = resolve;
    });
    this.#left[way] = bytes;
    await cut;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(way: Way, from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => {
      const allowed = Math.min(bytes.length, this.#left[way]);
      this.#left[way] -= bytes.length;
      to.write(bytes.subarray(0, allowed));
      if (this.#left[way] <= 0) this.#hangUp(way);
    });
    const end = () => {
      this.#sockets.delete(from);
      to.end();
    };
    from.on('close', end).on('error', end);
  }

  #hangUp(way: Way): void {
    this.#left[way] = Number.POSITIVE_INFINITY;
    for (const socket of this.#sockets) {
      // What was passed on is to arrive: the server may well act on it.
      socket.end();
      socket.destroySoon();
    }
    this.#cut();
  }
}
