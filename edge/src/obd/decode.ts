/** From messages of the car to values, supported PIDs, the VIN and trouble codes. Pure. @see SAE J1979, ISO 15031-6 */
import { DTC, VIN } from '@fleet/contract';
import type { Message } from './messages.ts';
import { hex, pidOf } from './pids.ts';

/** An answer has the service's number plus this. */
const ANSWER = 0x40;

/** Values by PID, of one answer to one or several PIDs. Where two ECUs tell the same, the first counts. */
export function decodeCurrent(messages: readonly Message[]): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const { bytes } of ofService(messages, 0x01)) {
    for (let at = 1; at < bytes.length; ) {
      const pid = pidOf(bytes[at] as number);
      if (pid === undefined || at + pid.bytes >= bytes.length) break;
      const raw = bytes.slice(at + 1, at + 1 + pid.bytes).reduce((sum, byte) => sum * 256 + byte, 0);
      if (!values.has(pid.pid)) values.set(pid.pid, rounded(raw * pid.scale + pid.offset));
      at += 1 + pid.bytes;
    }
  }
  return values;
}

/** The PIDs from `base` + 1 to `base` + 32 that any ECU knows; undefined where none tells. */
export function decodeSupported(messages: readonly Message[], base: number): ReadonlySet<number> | undefined {
  const told = ofService(messages, 0x01).filter(({ bytes }) => bytes[1] === base && bytes.length >= 6);
  if (told.length === 0) return undefined;
  const supported = new Set<number>();
  for (const { bytes } of told) {
    for (let bit = 0; bit < 32; bit++) {
      if (((bytes[2 + (bit >> 3)] as number) >> (7 - (bit & 7))) & 1) supported.add(base + 1 + bit);
    }
  }
  return supported;
}

/** The VIN, if what the car tells is one. Before CAN it comes in five messages of four characters. */
export function decodeVin(messages: readonly Message[]): string | undefined {
  const parts = ofService(messages, 0x09).filter(({ bytes }) => bytes[1] === 0x02);
  const texts = [...parts.map((part) => [part]), parts].map((some) =>
    String.fromCharCode(...some.flatMap(({ bytes }) => bytes.slice(3))).replace(/[^\x21-\x7e]/g, ''),
  );
  return texts.find((text) => VIN.test(text));
}

/** Trouble codes in an answer to service 03, 07 or 0A. On CAN a count comes first; before, codes come in threes. */
export function decodeDtcs(messages: readonly Message[], service: number): string[] {
  return ofService(messages, service).flatMap(({ bytes }) => {
    const codes = bytes.slice(bytes.length % 2 === 0 ? 2 : 1);
    return Array.from({ length: codes.length >> 1 }, (_, at) =>
      dtcOf(codes[2 * at] as number, codes[2 * at + 1] as number),
    ).filter((code) => code !== 'P0000' && DTC.test(code));
  });
}

/** The adapter's own measurement: `13.1V`. */
export function parseVolts(lines: readonly string[]): number | undefined {
  const [, volts] = /^(\d{1,2}\.\d+)V?$/.exec(lines[0] ?? '') ?? [];
  return volts === undefined ? undefined : Number(volts);
}

function dtcOf(high: number, low: number): string {
  return `${'PCBU'[high >> 6]}${(high >> 4) & 3}${(high & 0x0f).toString(16).toUpperCase()}${hex(low)}`;
}

function ofService(messages: readonly Message[], service: number): readonly Message[] {
  return messages.filter(({ bytes }) => bytes[0] === service + ANSWER);
}

/** Without what a computer's fractions add. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
