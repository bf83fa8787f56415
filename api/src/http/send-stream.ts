/** Answers that are written piece by piece, as fast as the client reads. */
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';

/** How long pieces may follow each other before all others get a turn, milliseconds. */
const MOMENT_MS = 10;

/**
 * Writes the pieces as the answer's body. A failure in the middle cuts the answer off, so that nobody takes it for
 * whole. Who asked for the head alone is not kept waiting for the rest.
 */
export async function sendStream(res: ServerResponse, mediaType: string, pieces: AsyncIterable<string>): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  // Until there is a first piece, a failure is still an answer of its own.
  let next = await iterator.next();
  res.writeHead(200, { 'content-type': mediaType, 'cache-control': 'no-store' });
  let turn = performance.now();
  try {
    for (; !next.done && !res.destroyed && res.req.method !== 'HEAD'; next = await iterator.next()) {
      if (!res.write(next.value)) await writable(res);
      // A client that reads fast enough leaves no pause: the kernel takes what is written at once.
      if (performance.now() - turn > MOMENT_MS) {
        await setImmediate();
        turn = performance.now();
      }
    }
    res.end();
  } catch (error) {
    res.destroy();
    throw error;
  } finally {
    await iterator.return?.();
  }
}

/** Resolves when the client has read what was written, or is gone. */
export function writable(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}
