/**
 * A server that also reads addresses with letters beyond ASCII as they are, as Torque Pro writes them:
 * `defaultUnit05=°C`, where RFC 3986 wants `%C2%B0C`. Node's parser refuses them, and the app would send the same request
 * for ever, with the drive behind it. So they are written as they should have been, and read again.
 */
import { Server } from 'node:http';
import { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';

/** What Node says of a request that it could not read. */
interface ClientError extends Error {
  readonly code?: string;
  /** The bytes that came last, from the beginning of the request if it all came at once. */
  readonly rawPacket?: Buffer;
}

/** A request of which nothing was understood yet. One that came before it in the same bytes must not be served twice. */
const BEGINNING = /^GET [^\n]*[\x80-\xff]/;
/** What may wait to be read again while more comes: heads are read at once, and only a body could be longer than they. */
const MOST_WAITING_BYTES = 64 * 1_024;

export class LenientServer extends Server {
  /** What is read again, of each connection. */
  readonly #rereadings = new WeakMap<Socket, Rereading>();

  /** Whether somebody listens; a `clientError` that nobody hears is answered by Node. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'clientError' && this.#isReadAgain(args[0] as ClientError, args[1] as Socket)) return true;
    return super.emit(event as string, ...args);
  }

  #isReadAgain({ code, rawPacket }: ClientError, socket: Socket): boolean {
    // What was read again and failed again is failed.
    if (rawPacket === undefined || isReadAgain(socket)) return false;
    const isBegun = code === 'HPE_INVALID_URL' && !isAnswering(socket) && BEGINNING.test(rawPacket.toString('latin1'));
    // Once it failed, Node says of all that follows that it failed.
    const rereading = this.#rereadings.get(socket) ?? (isBegun ? this.#readAgain(socket) : undefined);
    rereading?.add(rawPacket);
    return rereading !== undefined;
  }

  #readAgain(socket: Socket): Rereading {
    const rereading = new Rereading(socket);
    this.#rereadings.set(socket, rereading);
    super.emit('connection', rereading.connection);
    return rereading;
  }
}

/** Whether a request is read again: its connection is good for no other. */
export function isReadAgain(socket: Duplex): boolean {
  return !(socket instanceof Socket);
}

/** Whether an earlier request of the connection has no whole answer yet: another's would get into it. */
function isAnswering(socket: Socket & { readonly _httpMessage?: unknown }): boolean {
  return Boolean(socket._httpMessage);
}

/** The bytes of a connection on their second way to the parser. */
class Rereading {
  /** As the server sees it. It ends and fails with the socket, and the socket with it. */
  readonly connection: Duplex;
  readonly #socket: Socket;
  readonly #outside: Duplex;
  /** Only there bytes beyond ASCII are an address: in a body, they would make it longer than the request says. */
  #isInFirstLine = true;

  constructor(socket: Socket) {
    [this.connection, this.#outside] = duplexPair();
    this.#socket = socket;
    Object.defineProperty(this.connection, 'remoteAddress', { value: socket.remoteAddress });
    this.#outside.on('error', () => socket.destroy()).pipe(socket, { end: false });
    this.#outside.on('end', () => socket.destroySoon());
    this.connection.on('close', () => socket.destroySoon());
    socket.on('close', () => this.connection.destroy());
  }

  add(bytes: Buffer): void {
    // A socket that Node's parser reads can't be told to wait.
    if (this.#outside.writableLength > MOST_WAITING_BYTES) this.#socket.destroy();
    if (this.#socket.destroyed) return;
    const end = this.#isInFirstLine ? bytes.indexOf('\n') : 0;
    this.#isInFirstLine = end < 0;
    const line = bytes.subarray(0, end < 0 ? bytes.length : end);
    this.#outside.write(encoded(line));
    this.#outside.write(bytes.subarray(line.length));
  }
}

/** Bytes beyond ASCII as an address has them. */
function encoded(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}
