/** HTTP as bytes, for what no client library would send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** The key that `head` sends: a server is started with it as `API_KEY`. */
export const WIRE_KEY = 'the-seed-key';

/** The head of a request that brings so many bytes. */
export function head(bytes: number, more = ''): string {
  return `POST /v1/ingest HTTP/1.1\r\nHost: fleet\r\nAuthorization: Bearer ${WIRE_KEY}\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n${more}\r\n`;
}

/** A whole request that brings JSON. */
export function whole(body: string, more = ''): string {
  return head(Buffer.byteLength(body), more) + body;
}

/** A connection to a server. */
export interface Connection {
  readonly socket: Socket;
  /** What came over it so far. */
  readonly received: () => string;
  /** Resolves when it is closed, however that came. */
  readonly closed: Promise<void>;
}

/** Connects to the server at an address. */
export async function connected(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  await once(socket, 'connect');
  return { socket, received: () => text, closed };
}
