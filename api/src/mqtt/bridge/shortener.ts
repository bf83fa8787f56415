/**
 * Cuts packets that are longer than is ever taken, as they come: a broker may hand on messages of 256 MiB, and one that
 * does not fit into memory would come again after each restart, for ever. What is left is still too long to be stored, so
 * it becomes a dead letter and is acknowledged.
 */

/** A packet's type, and at most four bytes of its length (MQTT 3.1.1 §2.2). */
const LONGEST_HEAD = 5;

export class Shortener {
  readonly #most: number;
  /** The head of a packet that has begun and is not complete. */
  #head: number[] = [];
  /** Bytes of the packet that are still to be handed on, and to be left out behind them. */
  #kept = 0;
  #cut = 0;

  /** Leaves so many bytes of a packet, without its head. */
  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  /** What is left of the next bytes. */
  shorten(bytes: Buffer): Buffer {
    const left = Buffer.allocUnsafe(LONGEST_HEAD + bytes.length);
    let end = 0;
    for (let at = 0; at < bytes.length; ) {
      if (this.#kept > 0) {
        const kept = bytes.copy(left, end, at, at + this.#kept);
        this.#kept -= kept;
        at += kept;
        end += kept;
      } else if (this.#cut > 0) {
        const cut = Math.min(this.#cut, bytes.length - at);
        this.#cut -= cut;
        at += cut;
      } else {
        this.#head.push(bytes[at++] as number);
        if (isComplete(this.#head)) end += this.#enter(left, end);
      }
    }
    return left.subarray(0, end);
  }

  /** Begins the packet of the head, and writes the head that it has now; gives its length. */
  #enter(left: Buffer, at: number): number {
    const [type = 0] = this.#head;
    const length = lengthIn(this.#head);
    this.#kept = Math.min(length, this.#most);
    this.#cut = length - this.#kept;
    const head = this.#cut === 0 ? this.#head : [type, ...lengthBytes(this.#kept)];
    this.#head = [];
    left.set(head, at);
    return head.length;
  }
}

function isComplete(head: readonly number[]): boolean {
  return head.length === LONGEST_HEAD || (head.length > 1 && (head.at(-1) as number) < 0x80);
}

function lengthIn(head: readonly number[]): number {
  return head.slice(1).reduce((length, byte, index) => length + (byte & 0x7f) * 0x80 ** index, 0);
}

function lengthBytes(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, ...lengthBytes(Math.floor(length / 0x80))];
}
