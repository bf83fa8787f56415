/** What an ELM327 answers, up to its prompt, as lines that mean something. Pure. @see ELM327 data sheet, "Error Messages" */

/** What an answer without data says. */
export type ReplyFault =
  /** The car does not know the request, or is asleep. */
  | 'no-data'
  /** There is no car: ignition off, or the wrong protocol. */
  | 'no-car'
  /** We sent something before it was done. */
  | 'interrupted'
  | 'unknown-command'
  | 'bus-error'
  | 'garbled'
  /** The dongle lost its settings: its supply broke down while the engine was started. */
  | 'reset';

export interface Reply {
  /** Lines with data or words, without echo, spaces and what only says that it is busy. */
  readonly lines: readonly string[];
  readonly fault: ReplyFault | null;
}

/** In order: the first that fits. */
const FAULTS: readonly (readonly [RegExp, ReplyFault])[] = [
  [/NODATA/, 'no-data'],
  [/UNABLETOCONNECT/, 'no-car'],
  [/BUSINIT.*ERROR/, 'no-car'],
  [/STOPPED/, 'interrupted'],
  [/^\?$/, 'unknown-command'],
  [/(CAN|BUS|FB|FC)ERROR|BUSBUSY|FEEDBACKERROR/, 'bus-error'],
  [/DATAERROR|RXERROR|BUFFERFULL/, 'garbled'],
  [/LVRESET|LPALERT|ACTALERT|^ERR\d\d|^ELM327/, 'reset'],
];

/** What an adapter says while it looks for the car, before what it has to say. */
const BUSY = /SEARCHING\.*|BUSINIT:?\.*(OK)?/g;

/** Commands that are answered with the adapter's name. */
const NAMES_ITSELF = /^AT(Z|I|WS|@1)$/;

/** Reads the text between a command and the prompt. Clones echo what they were told not to, and put in NULs. */
export function parseReply(command: string, text: string): Reply {
  const told = squeezed(command);
  const lines = text
    .replaceAll('\0', '')
    .split(/[\r\n]+/)
    .map(squeezed)
    .map((line) => withoutEcho(line, told));
  const fault = NAMES_ITSELF.test(told) ? undefined : faultIn(lines);
  const meaning = fault === undefined ? lines : lines.filter((line) => faultIn([line]) === undefined);
  return { lines: meaning.map((line) => line.replace(BUSY, '')).filter((line) => line !== ''), fault: fault ?? null };
}

/** Some clones leave out the end of the line between the echo and the answer; three digits are a length, echo of `03` or not. */
function withoutEcho(line: string, told: string): string {
  return line.startsWith(told) && !/^[0-9A-F]{3}$/.test(line) ? line.slice(told.length) : line;
}

function faultIn(lines: readonly string[]): ReplyFault | undefined {
  const found = lines.flatMap((line) => FAULTS.find(([words]) => words.test(line))?.[1] ?? []);
  return found.includes('reset') ? 'reset' : found[0];
}

function squeezed(line: string): string {
  return line.replaceAll(' ', '').trim().toUpperCase();
}
