/**
 * The use case of messages with events: each valid event is stored, each other one is a dead letter, and only then may
 * anybody be told that the messages are done. Both doors of MQTT come here; messages that came together are stored
 * together.
 */
import { type Problem, problem } from '@fleet/contract';
import { type Admission, admit } from '../ingest/admit.ts';
import { createBreather } from '../ingest/breathe.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { refusalOf } from '../ingest/ingest.ts';
import type { KeyedEvent } from '../ingest/key-of.ts';
import type { EventStore } from '../ports.ts';
import { type Piece, piecesOf } from './payload.ts';
import type { EventIds, Receipts } from './receipts.ts';
import { isPassing, untilStored } from './until-stored.ts';

/** Who published, and what is taken from them. */
export interface Publisher {
  /** The vehicle as the topic names it: for events that don't say theirs, and for receipts. */
  readonly vehicle: string;
  /** Dead letters are kept under this name. */
  readonly device: string;
  readonly admission: Admission;
}

/** A message with events. */
export interface Incoming {
  readonly publisher: Publisher;
  readonly payload: Buffer;
}

/** What messages are taken with. */
export interface Taking {
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
  readonly receipts: Receipts;
  /** Hears of failures that say nothing about the data. */
  readonly onFailure: (error: unknown) => void;
  /** Nobody waits for the end of this any more. */
  readonly isOver: () => boolean;
}

/** Events that are handed to the store at once. */
const WRITTEN_AT_ONCE = 1_000;
/** Dead letters that are kept of messages that came together, by device; further ones are counted. */
const MOST_LETTERS = 100;

/** A valid event and what it was made of. */
interface Admitted {
  readonly publisher: Publisher;
  readonly event: KeyedEvent;
  readonly value: unknown;
}

interface Refused {
  readonly publisher: Publisher;
  readonly bytes: Buffer;
  readonly problem: Problem;
  /** Undefined where it is no JSON. */
  readonly value: unknown;
}

/** Resolves when all of the messages are durable. Throws only when it is over before that. */
export async function takeMessages(taking: Taking, messages: readonly Incoming[]): Promise<void> {
  try {
    const { admitted, refused } = await sorted(messages);
    for (let at = 0; at < admitted.length; at += WRITTEN_AT_ONCE) {
      refused.push(...(await store(taking, admitted.slice(at, at + WRITTEN_AT_ONCE))));
    }
    if (refused.length > 0) await refuse(taking, refused);
  } catch (error) {
    if (isPassing(error)) throw error;
    await takeWithFault(taking, messages, error);
  }
}

/** A fault of ours must not come back for ever with the message that found it, and is no fault of the others. */
async function takeWithFault(taking: Taking, messages: readonly Incoming[], error: unknown): Promise<void> {
  const [first, ...others] = messages;
  if (first !== undefined && others.length > 0) {
    for (const message of messages) await takeMessages(taking, [message]);
    return;
  }
  taking.onFailure(error);
  const fault = problem('internal', 'the server failed at it');
  const letters = messages.map(({ publisher, payload: bytes }) => ({ publisher, bytes, problem: fault, value: null }));
  await keepLetters(taking, letters);
}

/** What is to be stored, and what can't be. */
interface Sorted {
  readonly admitted: Admitted[];
  readonly refused: Refused[];
}

async function sorted(messages: readonly Incoming[]): Promise<Sorted> {
  const all: Sorted = { admitted: [], refused: [] };
  const breathe = createBreather();
  for (const { publisher, payload } of messages) {
    for (const piece of piecesOf(payload)) {
      sort(all, publisher, piece);
      const wait = breathe();
      if (wait !== undefined) await wait;
    }
  }
  return all;
}

function sort({ admitted, refused }: Sorted, publisher: Publisher, piece: Piece): void {
  if (!piece.ok) {
    publisher.admission.onRefused(piece.error.problem.slug);
    refused.push({ publisher, ...piece.error, value: null });
    return;
  }
  const value = named(piece.value, publisher.vehicle);
  const event = admit(value, publisher.admission);
  if (event.ok) admitted.push({ publisher, event: event.value, value });
  else refused.push(refusal(publisher, value, event.error));
}

/** An event that does not say whose it is belongs to the vehicle of the topic. */
function named(value: unknown, vehicle: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return !isObject || 'vin' in value || 'vehicle_id' in value ? value : { vehicle_id: vehicle, ...value };
}

/** Stores events; gives those back that the store will never take. */
async function store({ store: events, receipts, isOver }: Taking, admitted: readonly Admitted[]): Promise<Refused[]> {
  const keyed = admitted.map(({ event }) => event);
  const results = await untilStored(() => events.write(keyed), isOver);
  const refused: Refused[] = [];
  for (const [index, { publisher, event, value }] of admitted.entries()) {
    const result = results[index];
    const found = result && refusalOf(event, result);
    if (found === undefined) {
      if (event.trip !== null) receipts.stored(publisher.vehicle, { trip_id: event.trip, seq: idsIn(value).seq });
    } else {
      publisher.admission.onRefused(found.slug);
      refused.push(refusal(publisher, value, found));
    }
  }
  return refused;
}

async function refuse(taking: Taking, refused: readonly Refused[]): Promise<void> {
  await keepLetters(taking, refused);
  for (const { publisher, value, problem: found } of refused) {
    taking.receipts.rejected(publisher.vehicle, idsIn(value), found.slug);
  }
}

function refusal(publisher: Publisher, value: unknown, found: Problem): Refused {
  return { publisher, bytes: Buffer.from(JSON.stringify(value)), problem: found, value };
}

/** What an event said of its place in a trip. */
function idsIn(value: unknown): EventIds {
  const { trip_id, seq } = (value ?? {}) as { trip_id?: unknown; seq?: unknown };
  return {
    trip_id: typeof trip_id === 'string' ? trip_id.toLowerCase() : undefined,
    seq: Number.isSafeInteger(seq) ? (seq as number) : undefined,
  };
}

async function keepLetters({ deadLetters, isOver }: Taking, refused: readonly Refused[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const { publisher, bytes, problem: found } of refused) {
    const { device } = publisher;
    const count = (counts.get(device) ?? 0) + 1;
    counts.set(device, count);
    if (count > MOST_LETTERS) continue;
    const { slug, detail, errors = [{ pointer: '', detail }] } = found;
    await untilStored(() => deadLetters.keep({ device, via: 'mqtt', bytes, context: {}, slug, errors }), isOver);
  }
  for (const [device, count] of counts) {
    await untilStored(() => deadLetters.count(device, count - MOST_LETTERS), isOver);
  }
}
