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
  if (isDeep(text)) return malformed(`is nested more than ${MAX_DEPTH} levels deep`);
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

const STRINGS = /"(?:[^"\\]|\\.)*"/g;

/** Whether a JSON text opens more than `MAX_DEPTH` arrays and objects within each other. */
function isDeep(text: string): boolean {
  if (!hasManyOpenings(text)) return false;
  let depth = 0;
  for (const char of text.replace(STRINGS, '')) {
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
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
