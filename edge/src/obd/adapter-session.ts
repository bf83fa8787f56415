/** A dongle that was spoken to, and the car behind it: what it is, what it knows, and how to ask it. */
import { decodeCurrent, decodeDtcs, decodeSupported, decodeVin, parseVolts } from './decode.ts';
import { AdapterError, type Elm327 } from './elm327.ts';
import { type HeaderDigits, headerDigitsOf, type Message, toMessages } from './messages.ts';
import { hex, PIDS } from './pids.ts';
import type { Reply, ReplyFault } from './reply.ts';

/** A dongle in its defaults, echo, line feeds, spaces and headers off, protocol found by itself, timing adapted. */
const DIALOGUE = ['ATE0', 'ATL0', 'ATS0', 'ATH0', 'ATSP0', 'ATAT1'] as const;

/** How long answers may take, milliseconds. */
const PATIENCE_MS = { reset: 5_000, setting: 2_000, search: 30_000, value: 6_000 } as const;

/** How often what is asked only once is asked, before its answer is done without. */
const TRIES = 3;

/** Services that list trouble codes: stored, pending, permanent. */
export const DTC_SERVICES = [0x03, 0x07, 0x0a] as const;

/** PIDs that one request may name on CAN. */
export const MOST_IN_REQUEST = 6;

/** The car that answers. */
export interface Car {
  /** What `ATDPN` says. */
  readonly protocol: string;
  /** The PIDs of our table that it knows. */
  readonly pids: readonly number[];
  readonly vin: string | undefined;
  /** Whether it speaks CAN: requests may name several PIDs. */
  readonly isCan: boolean;
}

export class AdapterSession {
  readonly #elm: Elm327;
  #digits: HeaderDigits = 0;

  constructor(elm: Elm327) {
    this.#elm = elm;
  }

  /** Sets the dongle up; what it calls itself. Throws `AdapterError` where it is none. */
  async begin(): Promise<string> {
    await this.#elm.settle();
    const { lines } = await this.#elm.ask('ATZ', PATIENCE_MS.reset);
    // Clones know not every setting; what they refuse is made up for when reading.
    for (const command of DIALOGUE) await this.#elm.ask(command, PATIENCE_MS.setting);
    this.#digits = 0;
    const name = lines.find((line) => /[A-Z]/.test(line));
    if (name === undefined) throw new AdapterError('what answers is no ELM327');
    return name;
  }

  /** The car, null while it does not answer. */
  async identify(): Promise<Car | null> {
    const answers = await this.#insist('0100', (messages) => messages.length > 0 || undefined, PATIENCE_MS.search);
    if (answers === undefined) return null;
    const protocol = (await this.#elm.ask('ATDPN', PATIENCE_MS.setting)).lines[0] ?? '';
    await this.#useHeaders(headerDigitsOf(protocol));
    const pids = await this.#supported();
    const vin = await this.#insist('0902', decodeVin);
    return { protocol, pids: PIDS.map(({ pid }) => pid).filter((pid) => pids.has(pid)), vin, isCan: this.#digits > 0 };
  }

  /** Values of PIDs that are asked for at once. */
  async current(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return decodeCurrent((await this.#request(`01${pids.map(hex).join('')}`, PATIENCE_MS.value)).messages);
  }

  /** The trouble codes of a service; undefined where the car does not answer. */
  async dtcs(service: number): Promise<readonly string[] | undefined> {
    const { messages } = await this.#request(hex(service), PATIENCE_MS.value);
    return messages.length === 0 ? undefined : decodeDtcs(messages, service);
  }

  /** The voltage at the plug, without a word to the car. */
  async volts(): Promise<number | undefined> {
    return parseVolts((await this.#ask('ATRV', PATIENCE_MS.setting)).lines);
  }

  /** Frames of ECUs that answer at once can only be told apart by their headers. */
  async #useHeaders(digits: HeaderDigits): Promise<void> {
    if (digits === 0) return;
    const { fault } = await this.#elm.ask('ATH1', PATIENCE_MS.setting);
    this.#digits = fault === null ? digits : 0;
  }

  /** Each request also says whether the next 32 are worth asking for. */
  async #supported(): Promise<ReadonlySet<number>> {
    const supported = new Set<number>();
    for (let base = 0; base <= 0xa0; base += 0x20) {
      const pids = await this.#insist(`01${hex(base)}`, (messages) => decodeSupported(messages, base));
      for (const pid of pids ?? []) supported.add(pid);
      if (!supported.has(base + 0x20)) break;
    }
    return supported;
  }

  /** Asks again where an answer came broken: noise in a single one must not cost a whole drive its VIN or its values. */
  async #insist<T>(
    command: string,
    read: (messages: readonly Message[]) => T | undefined,
    timeoutMs: number = PATIENCE_MS.value,
  ): Promise<T | undefined> {
    for (let tries = 1; ; tries++) {
      const { messages, fault } = await this.#request(command, timeoutMs);
      const found = read(messages);
      if (found !== undefined || tries === TRIES || fault === 'no-data' || fault === 'no-car') return found;
    }
  }

  async #request(command: string, timeoutMs: number): Promise<{ messages: Message[]; fault: ReplyFault | null }> {
    const { lines, fault } = await this.#ask(command, timeoutMs);
    return { messages: toMessages(lines, this.#digits), fault };
  }

  async #ask(command: string, timeoutMs: number): Promise<Reply> {
    const reply = await this.#elm.ask(command, timeoutMs);
    if (reply.fault === 'reset') throw new AdapterError('the dongle was reset, its supply broke down');
    return reply;
  }
}
