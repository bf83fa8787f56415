/**
 * The use case of a message with events: each valid one is stored, each other one is a dead letter, and only then may
 * anybody be told that the message is done. Both doors of MQTT come here.
 */
import { type Problem, problem } from '@fleet/contract';
import { type Admission, admit } from '../ingest/admit.ts';
import { createBreather } from '../ingest/breathe.ts';
import type { DeadLetters } from '../ingest/dead-letters.ts';
import { refusalOf } from '../ingest/ingest.ts';
import type { KeyedEvent } from '../ingest/key-of.ts';
import type { EventStore, WriteResult } from '../ports.ts';
import { onlyValueIn, piecesOf } from './payload.ts';
import type { Receipts } from './receipts.ts';
import { again, isPassing, untilStored } from './until-stored.ts';

/** Who published, and what is taken from them. */
export interface Publisher {
  /** The vehicle as the topic names it: for events that don't say theirs, and for receipts. */
  readonly vehicle: string;
  /** Dead letters are kept under this name. */
  readonly device: string;
  readonly admission: Admission;
  /** Nobody waits for the end of this any more. */
  readonly isOver: () => boolean;
}

/** What messages are taken with. */
export interface Taking {
  readonly store: EventStore;
  readonly deadLetters: DeadLetters;
  readonly receipts: Receipts;
  /** Hears of failures that say nothing about the data. */
  readonly onFailure: (error: unknown) => void;
}

/** Events that are handed to the store at once. */
const WRITTEN_AT_ONCE = 1_000;
/** Dead letters that are kept of one message; further ones are counted. */
const MOST_LETTERS = 100;

/** A valid event and what it was made of. */
interface Admitted {
  readonly event: KeyedEvent;
  readonly value: unknown;
}

interface Refused {
  readonly bytes: Buffer;
  readonly problem: Problem;
  /** Undefined where it is no JSON. */
  readonly value: unknown;
}

/** Resolves when all of the message is durable. Throws only when it is over before that. */
export function takeMessage(taking: Taking, publisher: Publisher, payload: Buffer): Promise<void> {
  const only = onlyValueIn(payload);
  const taken = only === undefined ? takeMany(taking, publisher, payload) : takeOne(taking, publisher, only);
  return taken.catch((error) => {
    if (isPassing(error)) throw error;
    // A fault of ours must not come back for ever with the message that found it.
    taking.onFailure(error);
    const fault = { bytes: payload, problem: problem('internal', 'the server failed at it'), value: undefined };
    return keepLetters(taking, publisher, [fault]);
  });
}

/** Most messages are one event: with as little between it and its commit as can be. */
async function takeOne(taking: Taking, publisher: Publisher, input: unknown): Promise<void> {
  const value = named(input, publisher.vehicle);
  const event = admit(value, publisher.admission);
  if (event.ok) await store(taking, publisher, [{ event: event.value, value }]);
  else await refuse(taking, publisher, [refusal(value, event.error)]);
}

async function takeMany(taking: Taking, publisher: Publisher, payload: Buffer): Promise<void> {
  const { admitted, refused } = await sorted(publisher, payload);
  for (let at = 0; at < admitted.length; at += WRITTEN_AT_ONCE) {
    await store(taking, publisher, admitted.slice(at, at + WRITTEN_AT_ONCE));
  }
  await refuse(taking, publisher, refused);
}

async function store(taking: Taking, publisher: Publisher, admitted: readonly Admitted[]): Promise<void> {
  const events = admitted.map(({ event }) => event);
  const write = () => taking.store.write(events);
  const results = await write().catch((error) => again(error, write, publisher.isOver));
  const taken = admitted.filter((_, index) => isTaken(results[index]));
  taking.receipts.stored(publisher.vehicle, taken.map(idsOf));
  if (taken.length < admitted.length) await refuse(taking, publisher, refusedBy(admitted, results, publisher));
}

async function refuse(taking: Taking, publisher: Publisher, refused: readonly Refused[]): Promise<void> {
  if (refused.length === 0) return;
  await keepLetters(taking, publisher, refused);
  const told = refused.map(({ value, problem: { slug } }) => ({ ...idsIn(value), problem: slug }));
  taking.receipts.rejected(publisher.vehicle, told);
}

async function sorted(publisher: Publisher, payload: Buffer): Promise<{ admitted: Admitted[]; refused: Refused[] }> {
  const admitted: Admitted[] = [];
  const refused: Refused[] = [];
  const breathe = createBreather();
  for (const piece of piecesOf(payload)) {
    if (piece.ok) {
      const value = named(piece.value, publisher.vehicle);
      const event = admit(value, publisher.admission);
      if (event.ok) admitted.push({ event: event.value, value });
      else refused.push(refusal(value, event.error));
    } else {
      publisher.admission.onRefused(piece.error.problem.slug);
      refused.push({ ...piece.error, value: undefined });
    }
    const wait = breathe();
    if (wait !== undefined) await wait;
  }
  return { admitted, refused };
}

/** An event that does not say whose it is belongs to the vehicle of the topic. */
function named(value: unknown, vehicle: string): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return !isObject || 'vin' in value || 'vehicle_id' in value ? value : { vehicle_id: vehicle, ...value };
}

function refusedBy(part: readonly Admitted[], results: readonly WriteResult[], { admission }: Publisher): Refused[] {
  return part.flatMap(({ event, value }, index) => {
    const found = refusalOf(event, results[index] as WriteResult);
    if (found !== undefined) admission.onRefused(found.slug);
    return found === undefined ? [] : [refusal(value, found)];
  });
}

function refusal(value: unknown, found: Problem): Refused {
  return { bytes: Buffer.from(JSON.stringify(value)), problem: found, value };
}

function isTaken(result: WriteResult | undefined): boolean {
  return result !== undefined && result.outcome !== 'seq-conflict' && result.outcome !== 'refused';
}

/** What an event said of its place in a trip. */
function idsOf({ event, value }: Admitted): { trip_id: string | undefined; seq: number | undefined } {
  return { trip_id: event.trip ?? undefined, seq: idsIn(value).seq };
}

function idsIn(value: unknown): { trip_id: string | undefined; seq: number | undefined } {
  const { trip_id, seq } = (value ?? {}) as { trip_id?: unknown; seq?: unknown };
  return {
    trip_id: typeof trip_id === 'string' ? trip_id.toLowerCase() : undefined,
    seq: Number.isSafeInteger(seq) ? (seq as number) : undefined,
  };
}

async function keepLetters(
  { deadLetters }: Taking,
  { device, isOver }: Publisher,
  refused: readonly Refused[],
): Promise<void> {
  for (const { bytes, problem: found } of refused.slice(0, MOST_LETTERS)) {
    const { slug, detail, errors = [{ pointer: '', detail }] } = found;
    await untilStored(() => deadLetters.keep({ device, via: 'mqtt', bytes, context: {}, slug, errors }), isOver);
  }
  await untilStored(() => deadLetters.count(device, refused.length - MOST_LETTERS), isOver);
}
