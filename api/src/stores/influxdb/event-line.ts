/**
 * An event as a point: measurement `telemetry`; tags `vin` (the vehicle) and `trip_id` (its container); a float field for
 * each signal; `seq`, `source` and `dtcs` (JSON) fields. The time is `ts` and, below the millisecond, the last six digits of
 * `seq`: of two events of a trip with one time neither takes the other's place.
 */
import { dayOf } from '../../ingest/key-of.ts';
import { rememberedByNames } from '../../ingest/measured.ts';
import type { EventRow, KeyedEvent } from '../../ports.ts';
import { MOST_NUMBER_BYTES, putInteger, putNumber, putPadded, putText } from './decimals.ts';
import { key, quoted } from './line-protocol.ts';

/** Seqs that have places of their own within a millisecond. */
const PLACES = 1_000_000;
const PLACE_DIGITS = 6;
const [SPACE, NEWLINE] = [0x20, 0x0a];

/** The tags of an event's container, as lines begin with them. */
export function containerTags(vehicle: string, container: string): string {
  return `vin=${key(vehicle)},trip_id=${key(container)}`;
}

/** Bytes to begin with; there are more when they are full. */
const FIRST_BYTES = 16 * 1_024;
/** Bytes of a line beside what it has in common with others, its signals and trouble codes. */
const OWN_BYTES = 64;

/** What lines of one container and source have in common, as bytes. */
interface Common {
  readonly event: Pick<KeyedEvent, 'vehicle' | 'container' | 'source'>;
  /** Up to the seq. */
  readonly before: Uint8Array;
  /** Behind the seq. */
  readonly after: Uint8Array;
}

/**
 * Lines of events, each with its end. Whole numbers are written as floats too: a field that is an integer in one shard and
 * a float in another is lost when both are read.
 */
export class EventLines {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  #common: Common | undefined;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes that there is room for. */
  get room(): number {
    return this.#bytes.length;
  }

  /** The bytes so far; valid until the next line is added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  add(event: KeyedEvent): void {
    const { ts, seq, measured, dtcs } = event;
    const { before, after } = this.#commonOf(event);
    const { fields, room } = fieldsOf(measured.names);
    const codes = dtcs === undefined ? '' : `,dtcs=${quoted(JSON.stringify(dtcs))}`;
    this.#makeRoom(before.length + after.length + codes.length + room + OWN_BYTES);
    const bytes = this.#bytes;
    let at = putBytes(bytes, this.#length, before);
    at = putBytes(bytes, putInteger(bytes, at, seq), after);
    at = putText(bytes, at, codes);
    for (let index = 0; index < fields.length; index++) {
      at = putNumber(bytes, putBytes(bytes, at, fields[index] as Uint8Array), measured.numbers[index] as number);
    }
    bytes[at++] = SPACE;
    at = putPadded(bytes, putInteger(bytes, at, ts), seq % PLACES, PLACE_DIGITS);
    bytes[at++] = NEWLINE;
    this.#length = at;
  }

  #commonOf(event: KeyedEvent): Common {
    const { vehicle, container, source } = event;
    const last = this.#common?.event;
    if (last?.vehicle !== vehicle || last.container !== container || last.source !== source || !this.#common) {
      const before = Buffer.from(`telemetry,${containerTags(vehicle, container)} seq=`);
      this.#common = { event, before, after: Buffer.from(`i,source=${quoted(source)}`) };
    }
    return this.#common;
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length + bytes);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const single = new EventLines();

/** The event's line alone, without its end. */
export function eventLine(event: KeyedEvent): string {
  single.clear();
  single.add(event);
  return single.bytes.toString('utf8', 0, single.length - 1);
}

/** How the fields of signals begin, and how many bytes all of them need at most. */
const fieldsOf = rememberedByNames((names) => {
  const fields = names.map((name): Uint8Array => Buffer.from(`,${key(name)}=`));
  return { fields, room: fields.reduce((sum, field) => sum + field.length + MOST_NUMBER_BYTES, 0) };
});

/** Short ones: to call for a copy costs more. */
function putBytes(bytes: Uint8Array, start: number, some: Uint8Array): number {
  for (let index = 0; index < some.length; index++) bytes[start + index] = some[index] as number;
  return start + some.length;
}

/** Days of loose events are told by their name; a device's trip is a UUID. */
export function tripOfContainer(container: string): string | null {
  return container.startsWith('day-') ? null : container;
}

/** The container that an event lies in. */
export function containerOf({ trip, ts }: Pick<EventRow, 'trip' | 'ts'>): string {
  return trip ?? dayOf(ts);
}
