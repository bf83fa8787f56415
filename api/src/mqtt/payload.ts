/**
 * What is in a message: one event, an array, or lines of them, packed or not. MQTT has no headers, so the bytes say which.
 * The bounds are those of HTTP.
 */
import { bad, ok, type Problem, type Result } from '@fleet/contract';
import { parseJson, parseLine } from '../ingest/decode.ts';
import { ProblemError } from '../ingest/problem-error.ts';
import { MAX_JSON_BYTES, tooLarge, unpacked } from '../ingest/unpacked.ts';

/** Largest payload, packed or not. */
export const MAX_PAYLOAD_BYTES = 2 ** 20;

/** Most bytes that a payload may unpack to. */
const MAX_UNPACKED_BYTES = 8 * 2 ** 20;

/** Something that may become an event: a JSON value, or the bytes that are none and why. */
export type Piece = Result<unknown, { readonly problem: Problem; readonly bytes: Buffer }>;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** The pieces of a payload, in order; parsed one by one as they are asked for. */
export function* piecesOf(payload: Buffer): Generator<Piece> {
  const text = textOf(payload);
  if (!text.ok) {
    yield bad({ problem: text.error, bytes: payload });
    return;
  }
  const whole = wholeOf(text.value);
  if (whole.ok && Array.isArray(whole.value)) for (const value of whole.value) yield ok(value);
  else if (whole.ok) yield ok(whole.value);
  else if (text.value.includes(NEWLINE)) yield* linesOf(text.value);
  else yield bad({ problem: whole.error, bytes: payload });
}

/** The payload, unpacked where it begins as gzip does (RFC 1952 §2.3.1). */
function textOf(payload: Buffer): Result<Buffer, Problem> {
  if (payload.length > MAX_PAYLOAD_BYTES) return bad(tooLarge(MAX_PAYLOAD_BYTES).problem);
  if (payload[0] !== 0x1f || payload[1] !== 0x8b) return ok(payload);
  try {
    return ok(unpacked(payload, MAX_UNPACKED_BYTES));
  } catch (error) {
    if (error instanceof ProblemError) return bad(error.problem);
    throw error;
  }
}

function wholeOf(text: Buffer): Result<unknown, Problem> {
  return text.length > MAX_JSON_BYTES ? bad(tooLarge(MAX_JSON_BYTES).problem) : parseJson(text);
}

function* linesOf(text: Buffer): Generator<Piece> {
  for (let start = lineIn(text, 0); start < text.length; ) {
    const found = text.indexOf(NEWLINE, start);
    const end = found < 0 ? text.length : found;
    const bytes = text.subarray(start, text[end - 1] === RETURN ? end - 1 : end);
    start = lineIn(text, end);
    const value = parseLine(bytes);
    yield value.ok ? value : bad({ problem: value.error, bytes });
  }
}

/** Where the next line begins that is not empty: there may be millions that are. */
function lineIn(text: Buffer, from: number): number {
  let at = from;
  while (text[at] === NEWLINE || text[at] === RETURN) at++;
  return at;
}
