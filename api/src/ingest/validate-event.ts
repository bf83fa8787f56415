/** First stage: what came in is an event of schema v1, or all that is wrong with it. */
import {
  bad,
  CUSTOM_SIGNAL_NAME,
  ENVELOPE_NAMES,
  EVENT_SCHEMA,
  type EventEnvelope,
  type Fault,
  isSignalName,
  MAX_CUSTOM_SIGNALS,
  ok,
  type Problem,
  parseTimestamp,
  type Result,
} from '@fleet/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Measured } from './measured.ts';
import { faultsOf, problemWith, TRUSTED_SCHEMAS } from './schema-faults.ts';
import { ValidEvent } from './valid-event.ts';

/**
 * The schema without its rules about names: those cost a pass over all names each, and are checked below in the pass
 * that collects the values.
 */
const { propertyNames: _names, not: _empty, ...shape } = EVENT_SCHEMA;
const hasShape = new Ajv2020({
  ...TRUSTED_SCHEMAS,
  allErrors: true,
  allowUnionTypes: true,
  strictRequired: false,
}).compile<Wire>(shape);

type Wire = EventEnvelope & Readonly<Record<string, unknown>>;

const ENVELOPE = new Set(ENVELOPE_NAMES);

/** Checks an event of any origin; one that was read as a valid one is taken as it is. */
export function validateEvent(input: unknown): Result<ValidEvent, Problem> {
  if (input instanceof ValidEvent) return ok(input);
  if (!isObject(input)) return invalid([{ pointer: '', detail: 'must be a JSON object' }]);
  if (isWide(input))
    return invalid([{ pointer: '', detail: `has more than ${MOST_MEMBERS} members or trouble codes` }]);
  const shaped = hasShape(input);
  const event: Wire = input;
  const collected = collectValues(event);
  const ts = typeof event.ts === 'string' ? parseTimestamp(event.ts) : 0;
  if (shaped && typeof ts === 'number' && collected.faults.length === 0) {
    return ok(
      new ValidEvent({
        claimed: event.vin ?? (event.vehicle_id as string),
        ts,
        trip_id: event.trip_id?.toLowerCase(),
        seq: event.seq,
        measured: collected.measured,
        dtcs: event.dtcs,
      }),
    );
  }
  if (hasLongName(input)) {
    return invalid([{ pointer: '', detail: `has a member whose name is longer than ${LONGEST_NAME} characters` }]);
  }
  const time = typeof ts === 'string' ? [{ pointer: '/ts', detail: ts }] : [];
  return invalid([...faultsOf(hasShape.errors ?? []), ...time, ...collected.faults]);
}

function collectValues(event: Wire): { measured: Measured; faults: readonly Fault[] } {
  const names: string[] = [];
  const numbers: number[] = [];
  const faults: Fault[] = [];
  let custom = 0;
  for (const name in event) {
    if (ENVELOPE.has(name)) continue;
    if (!isSignalName(name)) {
      custom++;
      if (!CUSTOM_SIGNAL_NAME.test(name)) faults.push({ pointer: `/${escaped(name)}`, detail: BAD_NAME });
    }
    names.push(name);
    numbers.push(event[name] as number);
  }
  if (names.length === 0) faults.push({ pointer: '', detail: 'must carry at least one signal' });
  if (custom > MAX_CUSTOM_SIGNALS) {
    faults.push({ pointer: '', detail: `carries ${custom} custom signals, more than ${MAX_CUSTOM_SIGNALS}` });
  }
  return { measured: { names, numbers }, faults };
}

const BAD_NAME = 'is no name for a signal: lower-case letters, digits and _, beginning with a letter, at most 64';

function invalid(faults: readonly Fault[]): Result<never, Problem> {
  return bad(problemWith('invalid-event', 'the event', faults));
}

function isObject(input: unknown): input is Wire {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}

/** Far more members, or trouble codes, than an event can have: to name what is wrong with each would hold up others. */
const MOST_MEMBERS = 1_000;

function isWide(event: Wire): boolean {
  return Object.keys(event).length > MOST_MEMBERS || (event.dtcs?.length ?? 0) > MOST_MEMBERS;
}

/** A fault is named with its place: names that go on for pages must not come back with every event of a large body. */
const LONGEST_NAME = 128;

function hasLongName(event: Wire): boolean {
  return Object.keys(event).some((name) => name.length > LONGEST_NAME);
}

/** A member's name within a JSON Pointer (RFC 6901 §3). */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
