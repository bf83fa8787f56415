/**
 * One connection to a broker, in MQTT 3.1.1. It hands messages on as they come, without waiting for any of them, and
 * sends a PUBACK when it is told to: so many messages can wait for one commit.
 */
import type { Socket } from 'node:net';
import {
  generate,
  type IConnackPacket,
  type IPublishPacket,
  type ISubackPacket,
  type Packet,
  parser,
} from 'mqtt-packet';
import { MAX_PAYLOAD_BYTES } from '../payload.ts';
import { Shortener } from './shortener.ts';
import { type Address, acknowledgementsOf, connectPacket, type Introduction, socketTo } from './wire.ts';

export interface LinkOptions extends Address, Introduction {
  /**
   * Hears what came together. Heard from the first one on: the broker sends what waits in the session before anything
   * else.
   */
  readonly onMessages: (link: Link, packets: readonly IPublishPacket[]) => void;
}

const CONNECT_MS = 10_000;
const KEEP_ALIVE_S = 30;
/** A broker that says nothing for so long is gone. */
const SILENCE_MS = 2.5 * KEEP_ALIVE_S * 1_000;
/** Why a broker refused a connection, by the return code of CONNACK (MQTT 3.1.1 §3.2.2.3). */
const REFUSALS = [
  '',
  'does not speak MQTT 3.1.1',
  'refuses the client id',
  'is not available',
  ...Array(2).fill('refuses user name and password'),
];

const SUBSCRIPTION_REFUSED = 128;
const MOST_MESSAGE_IDS = 65_535;
/** A payload that is just too large, behind the longest topic and a message id, with their lengths. */
const MOST_PACKET_BYTES = 2 + 65_535 + 2 + MAX_PAYLOAD_BYTES + 1;

interface Waiting {
  resolve(packet: Packet): void;
  reject(error: Error): void;
}

export class Link {
  /** Resolves when it has ended, with the reason where there is one. */
  readonly closed: Promise<Error | undefined>;
  readonly #options: LinkOptions;
  readonly #socket: Socket;
  readonly #parser = parser({ protocolVersion: 4 });
  readonly #shortener = new Shortener(MOST_PACKET_BYTES);
  /** Those who wait for an answer, by message id; 0 for CONNACK. */
  readonly #waiting = new Map<number, Waiting>();
  #received: IPublishPacket[] = [];
  #lastId = 0;
  #heardAt = performance.now();
  #isOpen = true;
  #isHeld = false;
  #isDeaf = false;
  /** How many messages it acknowledged. */
  acknowledged = 0;

  private constructor(options: LinkOptions) {
    this.#options = options;
    this.#socket = socketTo(options);
    this.#parser.on('packet', (packet) => this.#take(packet));
    this.#parser.on('error', (error: Error) => this.#socket.destroy(error));
    this.#socket.on('data', (bytes) => {
      this.#heardAt = performance.now();
      this.#parser.parse(this.#shortener.shorten(bytes));
      this.#handOn();
    });
    let reason: Error | undefined;
    this.#socket.on('error', (error) => {
      reason = error;
    });
    const pinging = setInterval(() => this.#ping(), (KEEP_ALIVE_S * 1_000) / 2);
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        this.#isOpen = false;
        clearInterval(pinging);
        for (const { reject } of this.#waiting.values())
          reject(reason ?? new Error('the broker closed the connection'));
        this.#waiting.clear();
        resolve(reason);
      });
    });
  }

  /** Connects. Rejects with why it can't, and when it is aborted. */
  static async open(options: LinkOptions, signal: AbortSignal): Promise<Link> {
    const link = new Link(options);
    const giveUp = () => link.#socket.destroy(new Error('the broker does not answer'));
    const late = setTimeout(giveUp, CONNECT_MS);
    signal.addEventListener('abort', giveUp);
    try {
      const { returnCode = 0 } = (await link.#ask(0, connectPacket(options, KEEP_ALIVE_S))) as IConnackPacket;
      if (returnCode !== 0) throw new Error(`the broker ${REFUSALS[returnCode] ?? `refuses with code ${returnCode}`}`);
      return link;
    } catch (error) {
      link.#socket.destroy();
      throw error;
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', giveUp);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Asks for what is published under these filters, with QoS 1. Rejects where the broker refuses any. */
  async subscribe(filters: readonly string[]): Promise<void> {
    const messageId = this.#nextId();
    const subscriptions = filters.map((topic) => ({ topic, qos: 1 as const }));
    const { granted } = (await this.#ask(messageId, { cmd: 'subscribe', messageId, subscriptions })) as ISubackPacket;
    const refused = filters.filter((_, index) => granted[index] === SUBSCRIPTION_REFUSED);
    if (refused.length > 0) throw new Error(`the broker does not let this user read ${refused.join(', ')}`);
  }

  /** Resolves when the broker has it. */
  async publish(topic: string, payload: string, retain: boolean): Promise<void> {
    const messageId = this.#nextId();
    await this.#ask(messageId, { cmd: 'publish', topic, payload, qos: 1, retain, dup: false, messageId });
  }

  /** Tells the broker that messages are done: in one write. */
  acknowledge(packets: readonly IPublishPacket[]): void {
    if (!this.#isOpen) return;
    this.acknowledged += packets.length;
    this.#socket.write(acknowledgementsOf(packets));
  }

  /** Reads nothing until `release`: the broker keeps what comes. */
  hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#heardAt = performance.now();
    this.#socket.resume();
  }

  /** Hands no message on any more; the broker keeps what comes. */
  ignoreMessages(): void {
    this.#isDeaf = true;
    this.release();
  }

  /** Says goodbye. */
  async end(): Promise<void> {
    this.ignoreMessages();
    this.#socket.end(generate({ cmd: 'disconnect' }));
    const late = setTimeout(() => this.#socket.destroy(), 1_000);
    await this.closed;
    clearTimeout(late);
  }

  /** Sends a packet; resolves with the answer to it. */
  #ask(messageId: number, packet: Packet): Promise<Packet> {
    if (!this.#isOpen) return Promise.reject(new Error('the connection has ended'));
    return new Promise((resolve, reject) => {
      this.#waiting.set(messageId, { resolve, reject });
      this.#socket.write(generate(packet));
    });
  }

  #take(packet: Packet): void {
    switch (packet.cmd) {
      case 'publish':
        this.#received.push(packet);
        return;
      case 'connack':
        this.#answered(0, packet);
        return;
      case 'suback':
      case 'puback':
        this.#answered(packet.messageId ?? 0, packet);
        return;
    }
  }

  #answered(messageId: number, packet: Packet): void {
    this.#waiting.get(messageId)?.resolve(packet);
    this.#waiting.delete(messageId);
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % MOST_MESSAGE_IDS) + 1;
    while (this.#waiting.has(this.#lastId));
    return this.#lastId;
  }

  #handOn(): void {
    const packets = this.#received;
    if (packets.length === 0) return;
    this.#received = [];
    if (!this.#isDeaf) this.#options.onMessages(this, packets);
  }

  #ping(): void {
    const silentMs = performance.now() - this.#heardAt;
    // Held, it hears nothing by its own will.
    if (!this.#isHeld && silentMs > SILENCE_MS) this.#socket.destroy(new Error('the broker is silent'));
    else this.#socket.write(generate({ cmd: 'pingreq' }));
  }
}
