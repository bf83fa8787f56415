/**
 * From lines of an adapter to whole messages of each ECU. With headers, frames are put together as ISO 15765-2 has it;
 * without, as the adapter numbers them. Pure.
 */

/** One answer of one ECU, from its service byte on. */
export interface Message {
  /** The ECU's address in hexadecimal, '' where headers are off. */
  readonly ecu: string;
  readonly bytes: readonly number[];
}

/** How many hexadecimal digits the address before each frame has; 0 with headers off. */
export type HeaderDigits = 0 | 3 | 8;

/** The protocol's kind of headers, by what `ATDPN` answers. @see ELM327 data sheet, "SP h" */
export function headerDigitsOf(protocol: string): HeaderDigits {
  const number = protocol.replace(/^A(?=.)/, '');
  if (number === '6' || number === '8') return 3;
  return number === '7' || number === '9' ? 8 : 0;
}

/** Messages that came whole, those of the first ECU first. What is incomplete is left out. */
export function toMessages(lines: readonly string[], digits: HeaderDigits): Message[] {
  const messages = digits === 0 ? withoutHeaders(lines) : withHeaders(lines, digits);
  return messages.toSorted((a, b) => (a.ecu < b.ecu ? -1 : a.ecu > b.ecu ? 1 : 0));
}

/** A message of which not all frames have come. */
interface Partial {
  readonly length: number;
  readonly bytes: number[];
  next: number;
}

function withHeaders(lines: readonly string[], digits: number): Message[] {
  const messages: Message[] = [];
  const open = new Map<string, Partial>();
  for (const line of lines) {
    const ecu = line.slice(0, digits);
    const bytes = bytesOf(line.slice(digits));
    const [control = 0, second = 0] = bytes ?? [];
    if (bytes === undefined) continue;
    const kind = control >> 4;
    if (kind === 0) push(messages, ecu, bytes.slice(1), control & 0x0f);
    else if (kind === 1) open.set(ecu, { length: ((control & 0x0f) << 8) | second, bytes: bytes.slice(2), next: 1 });
    else if (kind === 2) extend(open, ecu, control & 0x0f, bytes.slice(1), messages);
  }
  return messages;
}

/** Several ECUs may be between each other: a numbered line belongs to the first message that waits for this number. */
function withoutHeaders(lines: readonly string[]): Message[] {
  const messages: Message[] = [];
  const open: Partial[] = [];
  for (const line of lines) {
    const [, number, rest = ''] = /^([0-9A-F]):(.*)$/.exec(line) ?? [];
    const bytes = bytesOf(number === undefined ? line : rest);
    if (number !== undefined) fill(open, Number.parseInt(number, 16), bytes ?? [], messages);
    else if (/^[0-9A-F]{3}$/.test(line)) open.push({ length: Number.parseInt(line, 16), bytes: [], next: 0 });
    else if (bytes !== undefined) push(messages, '', bytes, bytes.length);
  }
  return messages;
}

function fill(open: Partial[], number: number, bytes: readonly number[], messages: Message[]): void {
  const at = open.findIndex(({ next }) => next === number);
  const partial = open[at];
  if (partial === undefined) return;
  partial.bytes.push(...bytes);
  partial.next = (number + 1) % 16;
  if (partial.bytes.length < partial.length) return;
  open.splice(at, 1);
  push(messages, '', partial.bytes, partial.length);
}

function extend(
  open: Map<string, Partial>,
  ecu: string,
  number: number,
  bytes: readonly number[],
  messages: Message[],
) {
  const partial = open.get(ecu);
  if (partial?.next !== number) {
    open.delete(ecu);
    return;
  }
  partial.bytes.push(...bytes);
  partial.next = (number + 1) % 16;
  if (partial.bytes.length < partial.length) return;
  open.delete(ecu);
  push(messages, ecu, partial.bytes, partial.length);
}

function push(messages: Message[], ecu: string, bytes: readonly number[], length: number): void {
  if (length > 0 && bytes.length >= length) messages.push({ ecu, bytes: bytes.slice(0, length) });
}

/** Undefined where the text is no row of bytes. */
function bytesOf(hex: string): number[] | undefined {
  if (!/^([0-9A-F]{2})+$/.test(hex)) return undefined;
  return Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}
