/** What becomes of a message, by its topic: events, what an app says in its own way, or nothing that is kept. */
import { type Problem, problem, vehicleOfTelemetry } from '@fleet/contract';
import type { Principal } from '../access/principal.ts';
import { withoutSecrets } from '../formats/secrets.ts';
import { faultsOf, takeCandidates } from '../formats/take.ts';
import type { TopicApp } from '../formats/topic-format.ts';
import type { Admission } from '../ingest/admit.ts';
import { admissionOf, requireClock, type Services } from '../services.ts';
import type { Receipts } from './receipts.ts';
import { type Incoming, type Publisher, takeMessages } from './take-messages.ts';
import { covers } from './topic-filters.ts';
import { untilStored } from './until-stored.ts';

/** A message as it was published, and whoever did. */
export interface Message {
  readonly principal: Principal;
  readonly topic: string;
  readonly payload: Buffer;
  /** It was published before anybody listened, and may be of any age. */
  readonly retain: boolean;
}

export interface TakerParts {
  readonly services: Services;
  readonly apps: readonly TopicApp[];
  readonly receipts: Receipts;
  /** Hears of failures that say nothing about the data. */
  readonly onFailure: (error: unknown) => void;
}

type Speaker = Admission['speaker'];

export class MessageTaker {
  readonly #parts: TakerParts;
  readonly #ofTopic = new WeakMap<Speaker, { readonly vehicle: string; readonly speaker: Speaker }>();

  constructor(parts: TakerParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when all of the messages are durable, as events or as dead letters. Throws only when it is over before that.
   */
  async takeAll(messages: readonly Message[], isOver: () => boolean): Promise<void> {
    await untilStored(async () => requireClock(this.#parts.services), isOver);
    const events: Incoming[] = [];
    const others: Promise<void>[] = [];
    for (const message of messages) {
      const vehicle = vehicleOfTelemetry(message.topic);
      if (vehicle === undefined) others.push(this.#takeOther(message, isOver));
      else events.push({ publisher: this.#publisherOf(message.principal, vehicle), payload: message.payload });
    }
    const { services, receipts, onFailure } = this.#parts;
    const { store, deadLetters } = services;
    if (events.length > 0) others.push(takeMessages({ store, deadLetters, receipts, onFailure, isOver }, events));
    await Promise.all(others);
  }

  #publisherOf(principal: Principal, vehicle: string): Publisher {
    const { services } = this.#parts;
    const { window, onRefused, speaker } = admissionOf(services, principal, 'live');
    const admission = { window, onRefused, speaker: this.#speakerFor(vehicle, speaker, services.directory) };
    return { vehicle, device: principal.name, admission };
  }

  /** Whoever speaks, as far as a topic lets them: for its vehicle only. Mostly it is the topic of the time before. */
  #speakerFor(vehicle: string, speaker: Speaker, directory: Services['directory']): Speaker {
    const known = this.#ofTopic.get(speaker);
    if (known?.vehicle === vehicle) return known.speaker;
    const mayWrite = (name: string) => name === directory.resolve(vehicle);
    const ofTopic: Speaker = { ...speaker, mayWrite, by: 'topic' };
    this.#ofTopic.set(speaker, { vehicle, speaker: ofTopic });
    return ofTopic;
  }

  async #takeOther(message: Message, isOver: () => boolean): Promise<void> {
    const app = this.#parts.apps.find(({ base }) => covers(`${base}/#`, message.topic));
    if (app !== undefined) return this.#takeApp(app, message, isOver);
    const detail = `${message.topic} names no vehicle: 1 to 64 of A-Z, a-z, 0-9, _ and -`;
    return this.#keepRaw(message, isOver, 'mqtt', problem('malformed-request', detail));
  }

  async #takeApp({ format, base }: TopicApp, message: Message, isOver: () => boolean): Promise<void> {
    // What has no time of its own can't be told from news.
    if (message.retain) return;
    const { services } = this.#parts;
    const { store, directory, deadLetters, limits } = services;
    const { topic, payload, principal } = message;
    const now = services.now();
    const levels = topic.slice(base.length + 1).split('/');
    const decoded = format.decode({ levels, payload, now, latest: now + limits.maxAhead });
    if (!decoded.ok) {
      services.onRefused(decoded.error.slug);
      await this.#keepRaw(message, isOver, format.name, decoded.error);
      return;
    }
    const admission = admissionOf(services, principal, 'live');
    const taking = { store, directory, deadLetters, principal, admission, via: format.name };
    await untilStored(() => takeCandidates(taking, decoded.value.candidates), isOver);
  }

  #keepRaw({ payload, principal }: Message, isOver: () => boolean, via: string, found: Problem): Promise<void> {
    const bytes = Buffer.from(withoutSecrets(payload.toString(), null));
    const letter = { device: principal.name, via, bytes, context: {}, ...faultsOf(found) };
    return untilStored(() => this.#parts.services.deadLetters.keep(letter), isOver);
  }
}

/** A payload as packets have it. */
export function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
