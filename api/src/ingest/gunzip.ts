/** Unpacks a gzip stream within bounds: a small body must not become a huge one. */
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { problem } from '@fleet/contract';
import { ProblemError } from './problem-error.ts';

/** Most bytes that a compressed body may unpack to. */
export const MAX_UNPACKED_BYTES = 64 * 2 ** 20;

/** Telemetry packs to about a twentieth; what packs to less than this fraction, beyond a first MiB, is a bomb. */
const MOST_RATIO = 250;
const FREE_BYTES = 2 ** 20;
const PIECE_BYTES = 64 * 1_024;
const BEHIND = 'there are bytes behind its end';

/** The unpacked bytes. Throws `ProblemError`: `malformed-body` for what is no gzip, `payload-too-large` for a bomb. */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacker = createGunzip({ chunkSize: PIECE_BYTES });
  let given = 0;
  let lost: unknown;
  const count = async function* () {
    try {
      for await (const chunk of chunks) {
        given += chunk.length;
        yield chunk;
      }
    } catch (error) {
      lost = error;
      throw error;
    }
  };
  const feeding = pipeline(count, unpacker);
  // Its failure is thrown by the loop below too.
  feeding.catch(() => {});
  let unpacked = 0;
  try {
    for await (const piece of unpacker as AsyncIterable<Buffer>) {
      unpacked += piece.length;
      if (unpacked > MAX_UNPACKED_BYTES || unpacked > FREE_BYTES + MOST_RATIO * unpacker.bytesWritten) throw tooLarge();
      yield piece;
    }
    await feeding;
  } catch (error) {
    throw lost ?? meaningOf(error);
  } finally {
    unpacker.destroy();
  }
  if (unpacker.bytesWritten < given) throw notGzip(BEHIND);
}

function tooLarge(): ProblemError {
  return new ProblemError(
    problem(
      'payload-too-large',
      `the body unpacks to more than ${MAX_UNPACKED_BYTES / 2 ** 20} MiB, or out of proportion`,
    ),
  );
}

function meaningOf(error: unknown): unknown {
  if (error instanceof ProblemError) return error;
  // An unpacker that has found the end takes no more, and what comes is cut off.
  return notGzip(isZlibError(error) ? error.message : BEHIND);
}

function notGzip(why: string): ProblemError {
  const detail = `is no gzip: ${why}`;
  return new ProblemError(problem('malformed-body', `the body ${detail}`, [{ pointer: '', detail }]));
}

function isZlibError(error: unknown): error is Error {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_');
}
