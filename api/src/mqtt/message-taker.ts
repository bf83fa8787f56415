/** What becomes of a message, by its topic: events, what an app says in its own way, or nothing that is kept. */
import { type Problem, problem, vehicleOfTelemetry } from '@fleet/contract';
import type { Principal } from '../access/principal.ts';
import { withoutSecrets } from '../formats/secrets.ts';
import { faultsOf, takeCandidates } from '../formats/take.ts';
import type { TopicApp } from '../formats/topic-format.ts';
import type { Admission } from '../ingest/admit.ts';
import { admissionOf, type Services } from '../services.ts';
import type { Receipts } from './receipts.ts';
import { takeMessage } from './take-message.ts';
import { covers } from './topic-filters.ts';
import { untilStored } from './until-stored.ts';

/** A message as it was published. */
export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  /** It was published before anybody listened, and may be of any age. */
  readonly retain: boolean;
}

/** Somebody who published, and whether anybody still waits for the end of it. */
export interface Sender {
  readonly principal: Principal;
  readonly isOver: () => boolean;
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

  /** Resolves when all of a message is durable, as events or as dead letters. Throws only when it is over before that. */
  take(message: Message, sender: Sender): Promise<void> {
    const vehicle = vehicleOfTelemetry(message.topic);
    if (vehicle !== undefined) return this.#takeEvents(vehicle, message, sender);
    const app = this.#parts.apps.find(({ base }) => covers(`${base}/#`, message.topic));
    if (app !== undefined) return this.#takeApp(app, message, sender);
    const detail = `${message.topic} names no vehicle: 1 to 64 of A-Z, a-z, 0-9, _ and -`;
    return this.#keepRaw(message, sender, 'mqtt', problem('malformed-request', detail));
  }

  #takeEvents(vehicle: string, { payload }: Message, { principal, isOver }: Sender): Promise<void> {
    const { services, receipts, onFailure } = this.#parts;
    const { store, deadLetters, directory } = services;
    const { window, onRefused, speaker } = admissionOf(services, principal, 'live');
    const admission = { window, onRefused, speaker: this.#speakerFor(vehicle, speaker, directory) };
    const taking = { store, deadLetters, receipts, onFailure };
    return takeMessage(taking, { vehicle, device: principal.name, admission, isOver }, payload);
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

  async #takeApp({ format, base }: TopicApp, message: Message, sender: Sender): Promise<void> {
    // What has no time of its own can't be told from news.
    if (message.retain) return;
    const { services } = this.#parts;
    const { store, directory, deadLetters, limits } = services;
    const { principal, isOver } = sender;
    const { topic, payload } = message;
    const now = services.now();
    const levels = topic.slice(base.length + 1).split('/');
    const decoded = format.decode({ levels, payload, now, latest: now + limits.maxAhead });
    if (!decoded.ok) {
      services.onRefused(decoded.error.slug);
      await this.#keepRaw(message, sender, format.name, decoded.error);
      return;
    }
    const admission = admissionOf(services, principal, 'live');
    const taking = { store, directory, deadLetters, principal, admission, via: format.name };
    await untilStored(() => takeCandidates(taking, decoded.value.candidates), isOver);
  }

  #keepRaw({ payload }: Message, { principal, isOver }: Sender, via: string, found: Problem): Promise<void> {
    const bytes = Buffer.from(withoutSecrets(payload.toString(), undefined));
    const letter = { device: principal.name, via, bytes, context: {}, ...faultsOf(found) };
    return untilStored(() => this.#parts.services.deadLetters.keep(letter), isOver);
  }
}

/** A payload as packets have it. */
export function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
