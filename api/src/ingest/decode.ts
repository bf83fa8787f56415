/** From bytes to JSON values, bounded before anything is parsed: size, nesting, encoding. */
import { isUtf8 } from 'node:buffer';
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';

/** Most levels of arrays and objects within each other. */
export const MAX_DEPTH = 16;

/** Longest line, bytes. */
export const MAX_LINE_BYTES = 64 * 1_024;

const BYTE_ORDER_MARK = '\uFEFF';

/** The JSON value in a text of UTF-8 bytes; a byte order mark before it is ignored. */
export function parseJson(bytes: Buffer): Result<unknown, Problem> {
  if (!isUtf8(bytes)) return malformed('is not UTF-8');
  const text = bytes.toString();
  if (hasManyOpenings(text) && isDeep(bytes)) return malformed(`is nested more than ${MAX_DEPTH} levels deep`);
  const { stackTraceLimit } = Error;
  // Nobody looks at the stack, and it costs more than all the rest: a body of garbage lines must not be expensive.
  Error.stackTraceLimit = 0;
  try {
    return ok(JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text));
  } catch (error) {
    return malformed(`is not JSON: ${(error as Error).message}`);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The JSON value in a line. */
export function parseLine(bytes: Buffer): Result<unknown, Problem> {
  return bytes.length > MAX_LINE_BYTES ? malformed(`is longer than ${MAX_LINE_BYTES / 1_024} KiB`) : parseJson(bytes);
}

function malformed(detail: string): Result<never, Problem> {
  return bad(problem('malformed-body', `the body ${detail}`, [{ pointer: '', detail }]));
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** By byte: what it does to the depth. */
const STEPS = new Int8Array(256);
for (const open of '{[') STEPS[open.charCodeAt(0)] = 1;
for (const close of '}]') STEPS[close.charCodeAt(0)] = -1;

/** Whether a JSON text opens more than `MAX_DEPTH` arrays and objects within each other. */
function isDeep(bytes: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) inString = !inString;
    else if (!inString) depth += STEPS[byte] as number;
    else if (byte === BACKSLASH) at++;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Whether there are enough brackets to be deep at all: an event has two. */
function hasManyOpenings(text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      count++;
      if (count > MAX_DEPTH) return true;
    }
  }
  return false;
}
