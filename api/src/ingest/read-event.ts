/** Events from bytes: the quick way where they are as most are, else as any JSON. */
import { ok, type Problem, type Result } from '@fleet/contract';
import { MAX_LINE_BYTES, parseJson, parseLine } from './decode.ts';
import { EventScanner } from './event-scanner.ts';
import type { Line } from './lines.ts';
import type { ValidEvent } from './valid-event.ts';

const [SPACE, COMMA, OPENING, CLOSING] = [0x20, 0x2c, 0x5b, 0x5d];

/** All bodies are read by it, one after the other: what one taught it helps with the next. */
const scanner = new EventScanner();

/** The event in a line, or whatever JSON value there is. */
export function readLine(line: Line): Result<unknown, Problem> {
  const { text, start, end } = line;
  const event = end - start > MAX_LINE_BYTES ? undefined : scanner.read(text, start);
  return event !== undefined && scanner.end === end ? ok(event) : parseLine(line.bytes);
}

/** The event in a text, an array of events, or whatever JSON value there is. */
export function readBody(text: Buffer): Result<unknown, Problem> {
  if (text[0] === OPENING) {
    const events = listIn(text);
    return events === undefined ? parseJson(text) : ok(events);
  }
  const event = scanner.read(text, 0);
  return event !== undefined && scanner.end === text.length ? ok(event) : parseJson(text);
}

/** The events of an array with nothing else in it. */
function listIn(text: Buffer): readonly ValidEvent[] | undefined {
  const events: ValidEvent[] = [];
  let at = 0;
  do {
    const event = scanner.read(text, text[at + 1] === SPACE ? at + 2 : at + 1);
    if (event === undefined) return undefined;
    events.push(event);
    at = scanner.end;
  } while (text[at] === COMMA);
  return text[at] === CLOSING && at === text.length - 1 ? events : undefined;
}
