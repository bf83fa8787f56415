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

export class LenientServer extends Server {
  /** The other end of where a connection's bytes are read again. */
  readonly #again = new WeakMap<Socket, Duplex>();

  /** Whether somebody listens; a `clientError` that nobody hears is answered by Node. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'clientError' && this.#isReadAgain(args[0] as ClientError, args[1] as Socket)) return true;
    return super.emit(event as string, ...args);
  }

  #isReadAgain({ code, rawPacket }: ClientError, socket: Socket): boolean {
    // What was read again and failed again is failed.
    if (rawPacket === undefined || isReadAgain(socket)) return false;
    const isBegun = code === 'HPE_INVALID_URL' && rawPacket.subarray(0, 4).toString() === 'GET ';
    // Once it failed, Node says of all that follows that it failed.
    const again = this.#again.get(socket) ?? (isBegun ? this.#readAgain(socket) : undefined);
    if (again?.writable) again.write(encoded(rawPacket));
    return again !== undefined;
  }

  #readAgain(socket: Socket): Duplex {
    const [inside, outside] = duplexPair();
    Object.defineProperty(inside, 'remoteAddress', { value: socket.remoteAddress });
    this.#again.set(socket, outside);
    outside.on('error', () => socket.destroy()).pipe(socket);
    inside.on('close', () => socket.end());
    socket.on('close', () => outside.destroy());
    super.emit('connection', inside);
    return outside;
  }
}

/** Whether a request is read again: its connection is good for no other. */
export function isReadAgain(socket: Duplex): boolean {
  return !(socket instanceof Socket);
}

/** Bytes beyond ASCII as an address has them. A GET has them nowhere else. */
function encoded(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
}
