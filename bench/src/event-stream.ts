/**
 * The recorded drives as a stream of events that never repeats: many cars, each on another stretch of the road, every
 * event another one.
 */
import { type Drive, readDrives } from '@fleet/testkit';

/** Cars that drive at the same time. */
const CARS = 200;
/** A car's name: a letter, which sets apart who drives in different streams, and its number. */
const DIGITS = 7;

/** Events of a car as JSON, in which only the number of the car is to be filled in. */
const LINES = readDrives().flatMap(({ events }: Drive) =>
  events.map((event) => Buffer.from(JSON.stringify({ ...event, vehicle_id: 'x'.repeat(1 + DIGITS) }))),
);
const CAR_AT = (LINES[0] as Buffer).indexOf('x'.repeat(1 + DIGITS));
/** How far apart the cars are, in events. */
const APART = Math.floor(LINES.length / CARS);

/** Events of all drives. */
export const EVENTS_OF_A_CAR = LINES.length;

/** More than any event needs, bytes. */
export const MOST_EVENT_BYTES = 512;

export class EventStream {
  readonly #letter: string;
  readonly #together: number;
  #car = 0;
  /** Events that each car sent so far. */
  #sent = 0;
  /** Cars that have sent all they have. */
  #gone = 0;

  /** So many events of a car come together. */
  constructor(letter: string, together: number) {
    this.#letter = letter;
    this.#together = together;
  }

  /** Writes the events of the next car, commas between; where they end. */
  write(into: Buffer, start: number): number {
    const name = nameOf(this.#letter, this.#gone + this.#car);
    const first = this.#sent + this.#car * APART;
    let at = start;
    for (let index = first; index < first + this.#together; index++) {
      if (index > first) into[at++] = COMMA;
      at += writeLine(into, at, name, index);
    }
    this.#advance();
    return at;
  }

  #advance(): void {
    this.#car++;
    if (this.#car < CARS) return;
    this.#car = 0;
    this.#sent += this.#together;
    if (this.#sent + this.#together <= EVENTS_OF_A_CAR) return;
    this.#sent = 0;
    this.#gone += CARS;
  }
}

/** All events of one car as NDJSON. */
export function linesOfCar(letter: string, number: number): Buffer {
  const name = nameOf(letter, number);
  const into = Buffer.allocUnsafe(EVENTS_OF_A_CAR * MOST_EVENT_BYTES);
  let at = 0;
  for (let index = 0; index < EVENTS_OF_A_CAR; index++) {
    at += writeLine(into, at, name, index);
    into[at++] = NEWLINE;
  }
  return into.subarray(0, at);
}

const COMMA = 0x2c;
const NEWLINE = 0x0a;

function nameOf(letter: string, number: number): string {
  return letter + `${number}`.padStart(DIGITS, '0');
}

function writeLine(into: Buffer, at: number, name: string, index: number): number {
  const line = LINES[index % EVENTS_OF_A_CAR] as Buffer;
  line.copy(into, at);
  into.write(name, at + CAR_AT, 'latin1');
  return line.length;
}
