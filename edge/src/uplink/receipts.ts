/** What the server answers about chunks that it has. Pure. */
import type { ChunkBody } from './chunk-body.ts';
import { type Rejection, rejectionsIn } from './judge.ts';

export type AnswerBody = Readonly<Record<string, unknown>>;

/** A chunk that is stored, and which of its lines are not. */
export interface Receipt {
  readonly no: number;
  readonly sha256: string;
  readonly rejections: readonly Rejection[];
}

/** The receipts in the status of an upload. */
export function readStatus({ chunks }: AnswerBody): Receipt[] | undefined {
  return Array.isArray(chunks) ? (chunks as AnswerBody[]).flatMap((chunk) => toReceipt(chunk) ?? []) : undefined;
}

/** The receipt of this body, and of nothing else. */
export function readReceipt(answer: AnswerBody, { digest, seqs }: ChunkBody): Receipt | undefined {
  const receipt = toReceipt(answer);
  return receipt?.sha256 === digest.sha256 && answer['event_count'] === seqs.length ? receipt : undefined;
}

function toReceipt(body: AnswerBody): Receipt | undefined {
  const { no, sha256 } = body;
  const rejections = rejectionsIn(body, 'line');
  if (typeof no !== 'number' || typeof sha256 !== 'string' || rejections === undefined) return undefined;
  return { no, sha256, rejections };
}
