/** Ends a connection that announces a packet larger than is taken, before it is held in memory. */
import type { Socket } from 'node:net';

/** Watches what is read from a socket; calls `onTooLong` once, and gives nothing more on. */
export function guardPackets(socket: Socket, mostBytes: number, onTooLong: () => void): void {
  const read = socket.read.bind(socket);
  const lengths = new PacketLengths(mostBytes);
  let isOver = false;
  socket.read = (size?: number) => {
    const chunk: unknown = isOver ? null : read(size);
    if (!(chunk instanceof Buffer) || lengths.accept(chunk)) return chunk;
    isOver = true;
    onTooLong();
    return null;
  };
}

/** The lengths that packets announce in their heads (MQTT 3.1.1 §2.2.3), as the bytes come. */
export class PacketLengths {
  readonly #most: number;
  /** Bytes of the packet that are still to come; while its length is being read, what is known of it. */
  #left = 0;
  /** 0 before a packet's first byte, else the factor of the next byte of its length; -1 behind it. */
  #factor = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** Whether no packet that begins in these bytes is too long. */
  accept(bytes: Uint8Array): boolean {
    for (let at = 0; at < bytes.length; ) {
      if (this.#factor >= 0) {
        if (!this.#readHead(bytes[at++] as number)) return false;
      } else {
        const skipped = Math.min(this.#left, bytes.length - at);
        at += skipped;
        this.#skip(skipped);
      }
    }
    return true;
  }

  #readHead(byte: number): boolean {
    if (this.#factor === 0) {
      this.#factor = 1;
      return true;
    }
    this.#left += (byte & 0x7f) * this.#factor;
    const isLast = byte < 0x80;
    this.#factor = isLast ? -1 : this.#factor * 0x80;
    if (isLast) this.#skip(0);
    return this.#left <= this.#most;
  }

  #skip(bytes: number): void {
    this.#left -= bytes;
    if (this.#left === 0) this.#factor = 0;
  }
}
