/** What came over one connection and is not acknowledged yet: bounded, and acknowledged in the order in which it came. */
import { isVehicle } from '@fleet/contract';
import type { IPublishPacket } from 'mqtt-packet';
import type { Principal } from '../../access/principal.ts';
import { InOrder } from '../in-order.ts';
import { bytesOf, type Message, type MessageTaker } from '../message-taker.ts';
import type { Link } from './link.ts';

/**
 * Messages that wait for their commit, and their bytes; while there are more, nothing is read. Enough for a commit and
 * the next one, also where a disk takes long for each.
 */
const MOST_WAITING = 4_000;
const MOST_WAITING_BYTES = 32 * 2 ** 20;
/** It is read on when no more than this share of them waits. */
const LITTLE = 0.5;

export class Intake {
  readonly #taker: MessageTaker;
  readonly #stopping: AbortSignal;
  readonly #order = new InOrder();
  #waiting = 0;
  #bytes = 0;

  constructor(taker: MessageTaker, stopping: AbortSignal) {
    this.#taker = taker;
    this.#stopping = stopping;
  }

  /** Messages that wait for their commit. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves when nothing waits. */
  empty(): Promise<void> {
    return this.#order.empty();
  }

  /** Takes messages that came together: they are stored together, and acknowledged together. */
  take(link: Link, packets: readonly IPublishPacket[]): void {
    const messages = packets.map(messageOf);
    const bytes = messages.reduce((sum, { payload }) => sum + payload.length, 0);
    const isOver = () => !link.isOpen || this.#stopping.aborted;
    this.#waiting += packets.length;
    this.#bytes += bytes;
    this.#order.add(this.#taker.takeAll(messages, isOver), (error) => {
      this.#waiting -= packets.length;
      this.#bytes -= bytes;
      if (error === undefined) link.acknowledge(packets);
      if (!this.#isMore(LITTLE)) link.release();
    });
    if (this.#isMore(1)) link.hold();
  }

  /** Whether more waits than a share of what may. */
  #isMore(share: number): boolean {
    return this.#waiting > share * MOST_WAITING || this.#bytes > share * MOST_WAITING_BYTES;
  }
}

function messageOf({ topic, payload, retain }: IPublishPacket): Message {
  return { principal: principalOf(topic), topic, payload: bytesOf(payload), retain };
}

/** Names of vehicles whose principals are kept. */
const MOST_PRINCIPALS = 10_000;
/** Longest name of a source of events. */
const MOST_NAME = 64;

const principals = new Map<string, Principal>();

/** Whoever the broker let publish under a topic: speaks for the vehicle that it names, and for no other. */
function principalOf(topic: string): Principal {
  const [, vehicle = ''] = topic.split('/');
  let principal = principals.get(vehicle);
  if (principal === undefined) {
    const name = isVehicle(vehicle) ? `mqtt ${vehicle}`.slice(0, MOST_NAME) : 'mqtt';
    principal = { id: `topic/${vehicle}`, name, role: 'device', vehicles: [vehicle], trip: null, session: null };
    if (principals.size >= MOST_PRINCIPALS) principals.clear();
    principals.set(vehicle, principal);
  }
  return principal;
}
