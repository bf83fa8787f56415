/** Small bodies that came packed, within bounds. */
import { gunzipSync } from 'node:zlib';
import { problem } from '@fleet/contract';
import { ProblemError } from './problem-error.ts';

/** Largest JSON body, compressed or not. */
export const MAX_JSON_BYTES = 256 * 1_024;

/** The bytes of a gzip of no more than so many. Throws `payload-too-large` or `malformed-body`. */
export function unpacked(bytes: Buffer, most = MAX_JSON_BYTES): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(most);
    throw new ProblemError(problem('malformed-body', `the body is no gzip: ${message}`));
  }
}

/** The error for a body above a bound. */
export function tooLarge(most: number): ProblemError {
  const size = most < 2 ** 20 ? `${most / 1_024} KiB` : `${most / 2 ** 20} MiB`;
  const hint = most === MAX_JSON_BYTES ? ': send many events as application/x-ndjson' : '';
  return new ProblemError(problem('payload-too-large', `the body is larger than ${size}${hint}`));
}
