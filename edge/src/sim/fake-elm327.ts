/** A dongle that is not there, in a car that drives a recorded drive: for trying things out, and for tests. */
import { Duplex } from 'node:stream';
import type { TelemetryEvent } from '@fleet/contract';
import { hex, PIDS, type Pid, pidOf } from '../obd/pids.ts';
import type { DrivePlayer } from './drive-player.ts';

/** The part of a player that is needed. */
export type Playing = Pick<DrivePlayer, 'now' | 'signals'>;

const VIN = 'WAUZZZFY0R1234567';
const ECU = '7E8';

export class FakeElm327 extends Duplex {
  readonly #drive: Playing;
  readonly #pids: readonly number[];
  #text = '';
  #echo = true;
  #headers = false;

  constructor(drive: Playing) {
    super();
    this.#drive = drive;
    // A drive that was recorded without revolutions is one all the same.
    const signals = new Set([...drive.signals, 'rpm', 'speed_kph']);
    this.#pids = PIDS.filter(({ signal }) => signals.has(signal)).map(({ pid }) => pid);
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#text += bytes.toString('latin1');
    for (let at = this.#text.indexOf('\r'); at >= 0; at = this.#text.indexOf('\r')) {
      const command = this.#text.slice(0, at).replaceAll(' ', '').toUpperCase();
      this.#text = this.#text.slice(at + 1);
      this.push(`${this.#echo ? `${command}\r` : ''}${this.#answer(command)}\r\r>`);
    }
    done();
  }

  #answer(command: string): string {
    if (command === '') return '';
    if (command.startsWith('AT')) return this.#set(command.slice(2));
    const event = this.#drive.now();
    if (event === undefined) return command === '0100' ? 'SEARCHING...\rUNABLE TO CONNECT' : 'NO DATA';
    const bytes = this.#data(command, event);
    return bytes.length === 0 ? 'NO DATA' : this.#frames(bytes);
  }

  #set(setting: string): string {
    if (setting === 'Z') {
      [this.#echo, this.#headers] = [true, false];
      return '\rELM327 v1.5 (simulated)';
    }
    if (setting.startsWith('E')) this.#echo = setting === 'E1';
    if (setting.startsWith('H')) this.#headers = setting === 'H1';
    const told: Readonly<Record<string, string>> = { DPN: 'A6', RV: this.#drive.now() ? '14.1V' : '12.4V' };
    return told[setting] ?? 'OK';
  }

  #data(command: string, event: TelemetryEvent): number[] {
    const [service = 0, ...pids] = command.match(/../g)?.map((digits) => Number.parseInt(digits, 16)) ?? [];
    if (service === 0x09 && pids[0] === 2) return [0x49, 2, 1, ...Buffer.from(VIN)];
    if (service === 0x03 || service === 0x07 || service === 0x0a) return [service + 0x40, 0];
    if (service !== 0x01) return [];
    const values = pids.flatMap((pid) => (pid % 0x20 === 0 ? this.#bitmap(pid) : this.#value(pid, event)));
    return values.length === 0 ? [] : [0x41, ...values];
  }

  /** Which of the 32 PIDs after this one are known, and whether any after those. */
  #bitmap(base: number): number[] {
    const known = (pid: number) =>
      this.#pids.includes(pid) || (pid % 0x20 === 0 && this.#pids.some((other) => other > pid));
    const bytes = [0, 8, 16, 24].map((from) =>
      Array.from({ length: 8 }, (_, bit) => (known(base + 1 + from + bit) ? 0x80 >> bit : 0)).reduce(
        (a, b) => a | b,
        0,
      ),
    );
    return [base, ...bytes];
  }

  #value(number: number, event: TelemetryEvent): number[] {
    const pid = pidOf(number);
    if (pid === undefined || !this.#pids.includes(number)) return [];
    const value = event[pid.signal] ?? (pid.signal === 'rpm' ? 900 + 25 * (event.speed_kph ?? 0) : undefined);
    return value === undefined ? [] : [number, ...encode(pid, value)];
  }

  #frames(bytes: readonly number[]): string {
    const text = (some: readonly number[]) => some.map(hex).join('');
    if (!this.#headers && bytes.length <= 7) return text(bytes);
    if (!this.#headers) {
      const rows = [bytes.slice(0, 6), ...sevens(bytes.slice(6))].map((row, at) => `${at.toString(16)}:${text(row)}`);
      return [bytes.length.toString(16).padStart(3, '0'), ...rows].join('\r').toUpperCase();
    }
    if (bytes.length <= 7) return `${ECU}${hex(bytes.length)}${text(bytes)}`;
    const first = `${ECU}1${bytes.length.toString(16).padStart(3, '0')}${text(bytes.slice(0, 6))}`;
    const others = sevens(bytes.slice(6)).map((row, at) => `${ECU}2${((at + 1) % 16).toString(16)}${text(row)}`);
    return [first, ...others].join('\r').toUpperCase();
  }
}

/** A value as the car sends it: the nearest that its bytes can say. */
export function encode({ bytes, scale, offset }: Pid, value: number): number[] {
  const raw = Math.min(256 ** bytes - 1, Math.max(0, Math.round((value - offset) / scale)));
  return Array.from({ length: bytes }, (_, at) => Math.floor(raw / 256 ** (bytes - 1 - at)) % 256);
}

function sevens(bytes: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.slice(7 * at, 7 * at + 7));
}
