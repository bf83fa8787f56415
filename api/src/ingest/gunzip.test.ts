import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gunzip, MAX_UNPACKED_BYTES } from './gunzip.ts';
import { ProblemError } from './problem-error.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpacked(bytes: Buffer, size = 16_384): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of gunzip(inPieces(bytes, size))) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function slugOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ProblemError ? error.problem.slug : `${error}`;
}

describe('gunzip', () => {
  test('gives back what was packed, however it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.integer({ min: 1, max: 300 }), async (bytes, size) => {
        expect(await unpacked(gzipSync(bytes), size)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  test('reads members one behind the other, as gzip does', async () => {
    const members = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);

    expect((await unpacked(members, 7)).toString()).toBe('one\ntwo\n');
  });

  const good = gzipSync(randomBytes(5_000));
  test.each<[string, Buffer]>([
    ['no bytes at all', Buffer.alloc(0)],
    ['text', Buffer.from('{"speed_kph":50}')],
    ['the half of it', good.subarray(0, good.length / 2)],
    ['all but the last byte', good.subarray(0, -1)],
    ['a wrong checksum', Buffer.from(good).fill(0, good.length - 8, good.length - 4)],
    ['bytes behind its end', Buffer.concat([good, Buffer.from('more')])],
    ['a zero behind its end', Buffer.concat([good, Buffer.alloc(1)])],
    ['many zeros behind its end', Buffer.concat([good, Buffer.alloc(70_000)])],
    ['a member behind zeros behind its end', Buffer.concat([good, Buffer.alloc(30_000), good])],
    ['half a member behind its end', Buffer.concat([good, good.subarray(0, 100)])],
  ])('refuses %s as malformed', async (_what, bytes) => {
    expect(await slugOf(unpacked(bytes))).toBe('malformed-body');
    for (const size of [1_000, good.length]) expect(await slugOf(unpacked(bytes, size))).toBe('malformed-body');
  });

  test('refuses a bomb before it has grown', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 2 ** 20));
    let most = 0;
    const began = performance.now();
    const read = async () => {
      for await (const piece of gunzip(inPieces(bomb, 65_536))) most += piece.length;
    };

    expect(await slugOf(read())).toBe('payload-too-large');
    expect(performance.now() - began).toBeLessThan(500);
    expect(most).toBeLessThan(MAX_UNPACKED_BYTES / 2);
  });

  test('refuses what unpacks to more than there may be, though not out of proportion', async () => {
    const line = Buffer.concat(
      Array.from({ length: 1_024 }, () => randomBytes(32).toString('hex')).map((each) =>
        Buffer.from(`${each}${' '.repeat(960)}`),
      ),
    );
    const packed = gzipSync(Buffer.concat(Array(66).fill(line)), { level: 1 });

    expect(await slugOf(unpacked(packed))).toBe('payload-too-large');
  });

  test('throws what the source throws', async () => {
    const broken = async function* () {
      yield good.subarray(0, 10);
      throw new Error('the client is gone');
    };
    const read = async () => {
      for await (const _piece of gunzip(broken()));
    };

    await expect(read()).rejects.toThrow('the client is gone');
  });
});
