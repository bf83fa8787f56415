/**
 * Reads events as senders mostly write them straight from their bytes: one flat object of names, numbers and a few known
 * texts. Nothing else is made of it on the way: no text, no object of any JSON, and nothing is checked twice.
 *
 * It never judges: of whatever is not plainly a valid event (an escape, a list, a fault) nothing is given, and the general
 * way (`parseJson`, `validateEvent`) reads it anew and says what is wrong. What is given is just what that way would give.
 * @see docs/adr/0015-events-are-read-from-bytes.md
 */
import { MAX_CUSTOM_SIGNALS, MAX_SEQ, SCHEMA_VERSION, SIGNAL_NAMES, UUID, VEHICLE_ID, VIN } from '@fleet/contract';
import { KnownTexts } from './known-texts.ts';
import { NameSequences, type Step } from './name-sequences.ts';
import { NOWHERE } from './nowhere.ts';
import { NumberReader } from './number-reader.ts';
import { TimeReader } from './time-reader.ts';
import { ValidEvent } from './valid-event.ts';

const [SPACE, COMMA, OPENING, CLOSING] = [0x20, 0x2c, 0x7b, 0x7d];

/** More signals than an event can have. */
const MOST_SIGNALS = SIGNAL_NAMES.length + MAX_CUSTOM_SIGNALS + 1;

export class EventScanner {
  /** Where the event that was read last ends, its brace included. */
  end = 0;
  readonly #sequences = new NameSequences();
  readonly #numbers = new NumberReader();
  readonly #times = new TimeReader();
  readonly #vins = new KnownTexts(VIN);
  readonly #vehicleIds = new KnownTexts(VEHICLE_ID);
  readonly #tripIds = new KnownTexts(UUID, (text) => text.toLowerCase());
  /** Values of signals; one that is no integer keeps V8 from boxing each. */
  readonly #values: number[] = Array.from({ length: MOST_SIGNALS }, () => 0.5);
  #count = 0;
  #ts = 0;
  #seq: number | undefined;

  /** The event that begins somewhere; undefined where none plainly does. */
  read(bytes: Buffer, start: number): ValidEvent | undefined {
    this.#begin();
    const last = bytes[start] === OPENING ? this.#walk(bytes, start) : undefined;
    const names = last && this.#sequences.signalsAt(last);
    if (names === undefined) return undefined;
    return new ValidEvent({
      claimed: this.#vins.meaning ?? this.#vehicleIds.meaning ?? '',
      ts: this.#ts,
      trip_id: this.#tripIds.meaning,
      seq: this.#seq,
      measured: { names, numbers: this.#values.slice(0, this.#count) },
      dtcs: undefined,
    });
  }

  /** Forgets what the next event may lack. */
  #begin(): void {
    this.#count = 0;
    this.#seq = undefined;
    this.#vins.meaning = undefined;
    this.#vehicleIds.meaning = undefined;
    this.#tripIds.meaning = undefined;
  }

  /** Takes in all members of an object; the step to the last. */
  #walk(bytes: Buffer, start: number): Step | undefined {
    let step = this.#sequences.first;
    let at = start;
    do {
      at = pastSpaces(bytes, at + 1);
      const next = this.#sequences.follow(step, bytes, at);
      if (next === undefined) return undefined;
      step = next;
      at = pastSpaces(bytes, at + step.key.length);
      at = step.isSignal ? this.#takeSignal(step, bytes, at) : this.#takeMember(step, bytes, at);
      if (at === NOWHERE) return undefined;
      at = pastSpaces(bytes, at);
    } while (bytes[at] === COMMA);
    this.end = at + 1;
    return bytes[at] === CLOSING ? step : undefined;
  }

  /** Takes in the value of a signal; where it ends. */
  #takeSignal({ min, max }: Step, bytes: Buffer, at: number): number {
    const value = this.#numbers.read(bytes, at);
    if (!(value >= min && value <= max) || this.#count === MOST_SIGNALS) return NOWHERE;
    this.#values[this.#count++] = value;
    return this.#numbers.end;
  }

  /** Takes in a member of the envelope; where it ends. */
  #takeMember({ name }: Step, bytes: Buffer, at: number): number {
    switch (name) {
      case 'ts':
        this.#ts = this.#times.read(bytes, at);
        return Number.isNaN(this.#ts) ? NOWHERE : this.#times.end;
      case 'seq':
        this.#seq = this.#numbers.read(bytes, at);
        return isSeq(this.#seq) ? this.#numbers.end : NOWHERE;
      case 'vin':
        return this.#vins.take(bytes, at);
      case 'vehicle_id':
        return this.#vehicleIds.take(bytes, at);
      case 'trip_id':
        return this.#tripIds.take(bytes, at);
      case 'schema_version':
        return this.#numbers.read(bytes, at) === SCHEMA_VERSION ? this.#numbers.end : NOWHERE;
      default:
        return NOWHERE;
    }
  }
}

function isSeq(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_SEQ;
}

function pastSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === SPACE) at++;
  return at;
}
