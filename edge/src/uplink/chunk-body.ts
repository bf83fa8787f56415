/** A chunk as it is sent: lines of NDJSON, packed, with the digest of the packed bytes. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Lines, OutboxChunk, Shipping } from '../ports.ts';

const pack = promisify(gzip);

export interface ChunkBody extends Lines {
  readonly bytes: Buffer;
  readonly digest: NonNullable<OutboxChunk['digest']>;
}

/** The same chunk is packed to the same bytes each time, so that a receipt can be recognized. Null where no event is left. */
export async function packChunk(
  shipping: Shipping,
  tripId: string,
  { first_seq, last_seq }: OutboxChunk,
): Promise<ChunkBody | null> {
  const { seqs, lines } = shipping.lines(tripId, [first_seq, last_seq], last_seq - first_seq + 1);
  if (seqs.length === 0) return null;
  const bytes = await pack(`${lines.join('\n')}\n`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { seqs, lines, bytes, digest: { sha256, size_bytes: bytes.length, event_count: seqs.length } };
}
