/** What the broker inside decides of each client and each packet: who comes in, what is taken, what may be read. */
import type { Socket } from 'node:net';
import type { AuthenticateError, Client, PublishPacket } from 'aedes';
import { birthTopic } from '../grants.ts';
import { InOrder } from '../in-order.ts';
import { bytesOf, type MessageTaker } from '../message-taker.ts';
import { covers } from '../topic-filters.ts';
import type { Gate, Visitor } from './gate.ts';

/** Who was turned away, and why. */
export interface Refusal {
  readonly user: string;
  readonly client: string;
  readonly reason: string;
}

export interface ReceptionParts {
  readonly gate: Gate;
  readonly taker: MessageTaker;
  /** Filters of the topics of apps. */
  readonly appTopics: readonly string[];
  /** The first level of Home Assistant's topics. */
  readonly prefix: string;
  readonly onRefused: (refusal: Refusal) => void;
}

/** Bytes of messages that wait to be durable; beyond that, nothing more is taken in. */
const MAX_WAITING_BYTES = 64 * 2 ** 20;
/** How long the answer to a wrong key waits once there were too many. */
const SLOW_ANSWER_MS = 5_000;

const WRONG_KEY = 'the key, sent as password, is wrong, expired or revoked';

/** Return codes of CONNACK (MQTT 3.1.1 §3.2.2.3). */
const IDENTIFIER_REJECTED = 2;
const NOT_AUTHORIZED = 5;

/** Somebody who is connected. */
interface Guest {
  readonly visitor: Visitor;
  readonly user: string;
  readonly order: InOrder;
}

type Entered = (error: AuthenticateError | null, success: boolean | null) => void;
type Taken = (error?: Error | null) => void;

export class Reception {
  readonly #parts: ReceptionParts;
  readonly #guests = new WeakMap<Client, Guest>();
  readonly #orders = new Set<InOrder>();
  #waitingBytes = 0;
  #closed = false;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /** Lets a client in whose password is a key; `present` is who is there already under its client id. */
  enter(client: Client, user: string, password: Buffer | undefined, present: Client | undefined, done: Entered): void {
    const visitor = this.#parts.gate.enter(password, (client.conn as Socket).remoteAddress ?? '');
    const refuse = (returnCode: number, reason: string) => {
      done(Object.assign(new Error(reason), { returnCode }), false);
    };
    const refuseAloud = (returnCode: number, reason: string) => {
      this.#parts.onRefused({ user, client: client.id, reason });
      refuse(returnCode, reason);
    };
    if (typeof visitor === 'number') {
      // Whoever tries on and on waits, and fills no log.
      if (visitor > 0) setTimeout(() => refuse(NOT_AUTHORIZED, WRONG_KEY), SLOW_ANSWER_MS).unref();
      else refuseAloud(NOT_AUTHORIZED, WRONG_KEY);
    } else if (this.#isOthers(present, visitor)) {
      refuseAloud(IDENTIFIER_REJECTED, "this client id is another device's");
    } else {
      this.#admit(client, { visitor, user, order: new InOrder() });
      done(null, true);
    }
  }

  /** Calls `done` when the message is durable; with an error the connection ends, without PUBACK. */
  take(client: Client, packet: PublishPacket, done: Taken): void {
    // Never answered: the connection is about to end.
    if (this.#closed) return;
    const guest = this.#guests.get(client);
    const { taker, gate, appTopics, prefix } = this.#parts;
    const principal = guest && gate.mayPublish(guest.visitor, packet.topic, appTopics);
    const fault = principal === undefined ? `may not publish ${packet.topic}` : this.#faultOf(packet);
    if (principal === undefined || guest === undefined || fault !== undefined) {
      this.refused(client, fault ?? '');
      done(new Error(fault));
      return;
    }
    if (packet.topic === birthTopic(prefix)) {
      done();
      return;
    }
    // Apps ask for it as a matter of course. It came just now, so it is news; it is kept for nobody.
    packet.retain = false;
    const payload = bytesOf(packet.payload);
    this.#waitingBytes += payload.length;
    const message = { principal, topic: packet.topic, payload, retain: false };
    guest.order.add(
      taker.takeAll([message], () => client.closed),
      (error) => {
        this.#waitingBytes -= payload.length;
        if (error !== undefined && packet.qos === 0)
          this.refused(client, 'a message without a receipt (QoS 0) is lost');
        done(error as Error | undefined);
      },
    );
  }

  /** Whether a client may read all that a filter, or a topic, matches. */
  mayRead(client: Client, filter: string): boolean {
    const guest = this.#guests.get(client);
    return guest !== undefined && this.#parts.gate.mayRead(guest.visitor, filter);
  }

  /** Something of a client's was turned away. */
  refused(client: Client, reason: string): void {
    this.#parts.onRefused({ user: this.#guests.get(client)?.user ?? '', client: client.id, reason });
  }

  /** Messages that are being stored. */
  get waiting(): number {
    return [...this.#orders].reduce((sum, order) => sum + order.size, 0);
  }

  /** Takes nothing more; resolves when what was taken is acknowledged. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#orders].map((order) => order.empty()));
  }

  #admit(client: Client, guest: Guest): void {
    // There are no sessions here: what a device has no PUBACK for, it sends again.
    Object.assign(client, { clean: true });
    this.#guests.set(client, guest);
    this.#orders.add(guest.order);
    client.conn.once('close', () => void guest.order.empty().then(() => this.#orders.delete(guest.order)));
  }

  /** Whether somebody else is there: only a device itself may take its place. */
  #isOthers(present: Client | undefined, { principal }: Visitor): boolean {
    const guest = present && this.#guests.get(present);
    return guest !== undefined && guest.visitor.principal.id !== principal.id;
  }

  /** Why a message can't be taken from anybody. */
  #faultOf({ retain, topic }: PublishPacket): string | undefined {
    const isOfApp = () => this.#parts.appTopics.some((filter) => covers(filter, topic));
    if (retain && !isOfApp()) return 'a retained message: events are not for those who come later';
    return this.#waitingBytes > MAX_WAITING_BYTES ? 'more waits to be stored than fits' : undefined;
  }
}
