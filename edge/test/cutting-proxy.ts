/** A TCP proxy whose link breaks after so many bytes, then holds. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type Direction = 'up' | 'down';

export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: { readonly direction: Direction; left: number } | null = null;
  readonly #passed = { up: 0, down: 0 };

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(url: string): Promise<CuttingProxy> {
    const { hostname, port } = new URL(url);
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.#join(client, connect(Number(port), hostname)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Bytes that passed since the link was last set to break. */
  get passed(): Readonly<Record<Direction, number>> {
    return this.#passed;
  }

  /** Whether the link broke since it was last set to. */
  get hasBroken(): boolean {
    return this.#cut === null;
  }

  /** From now on the link breaks once, when so many bytes went this way. */
  breakAfter(direction: Direction, bytes: number): void {
    this.#cut = { direction, left: bytes };
    this.#passed.up = 0;
    this.#passed.down = 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, server: Socket): void {
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    client.on('data', (bytes) => this.#pass('up', bytes, server, end));
    server.on('data', (bytes) => this.#pass('down', bytes, client, end));
  }

  #pass(direction: Direction, bytes: Buffer, to: Socket, end: () => void): void {
    const cut = this.#cut;
    this.#passed[direction] += bytes.length;
    if (cut?.direction !== direction || bytes.length < cut.left) {
      if (cut?.direction === direction) cut.left -= bytes.length;
      to.write(bytes);
      return;
    }
    this.#cut = null;
    // What is before the break still arrives.
    to.write(bytes.subarray(0, cut.left), end);
  }
}
