/** Whether everything that a manifest lists is here: the heart of completing an offline upload. */
import {
  bad,
  type Fault,
  type Manifest,
  type ManifestChunk,
  ok,
  type Problem,
  problem,
  type Result,
} from '@fleet/contract';
import type { SeqRange } from '../ports.ts';
import { countOfRanges, countWithin, missingRanges, unionOfRanges } from '../trips/seq-ranges.ts';
import type { ReceiptRecord } from './records.ts';

/** What is here of a trip. */
export interface Holdings {
  readonly receipts: readonly ReceiptRecord[];
  /** The seqs that receipts answer for, and those that are stored, however they came: a drive may have come half live. */
  readonly covered: readonly SeqRange[];
}

/** Most faults, and most ranges of seqs, that are listed. */
const MOST_LISTED = 100;

/** What a manifest says that can't be, whatever is here: `invalid-manifest`. */
export function contradictionsIn({ chunks, event_count }: Manifest): Fault[] {
  const faults: Fault[] = [];
  const numbers = new Set<number>();
  for (const [index, { no, first_seq, last_seq }] of chunks.entries()) {
    if (numbers.has(no)) faults.push({ pointer: `/chunks/${index}/no`, detail: `${no} is used twice` });
    numbers.add(no);
    if (last_seq < first_seq) faults.push({ pointer: `/chunks/${index}/last_seq`, detail: 'is before first_seq' });
  }
  if (faults.length > 0) return faults;
  const ranges = chunks.map(rangeOf);
  const distinct = countOfRanges(unionOfRanges([ranges]));
  if (distinct < countOfRanges(ranges)) faults.push({ pointer: '/chunks', detail: 'have seqs in common' });
  if (event_count > distinct) {
    faults.push({ pointer: '/event_count', detail: `is ${event_count}, but the chunks have room for ${distinct}` });
  }
  return faults;
}

/**
 * Compares a manifest with what is here. A chunk is here when its receipt has the same digest, or when there is no
 * receipt but each of its seqs is stored or was named as rejected. 409 `manifest-mismatch` says what is nowhere.
 */
export function checkManifest(manifest: Manifest, { receipts, covered }: Holdings): Result<void, Problem> {
  const byNumber = new Map(receipts.map((receipt) => [receipt.no, receipt]));
  const findings = manifest.chunks.map((chunk) => find(chunk, byNumber.get(chunk.no), covered));
  const count = findings.reduce((sum, finding) => sum + finding.count, 0);
  const tooFew = count < manifest.event_count;
  const faults = findings.flatMap(({ fault }, index): Fault[] =>
    fault === undefined ? [] : [{ pointer: `/chunks/${index}`, detail: fault }],
  );
  if (tooFew && faults.length === 0) {
    faults.push({ pointer: '/event_count', detail: `is ${manifest.event_count}, but ${count} are here` });
  }
  if (faults.length === 0) return ok(undefined);
  const detail = `${faults[0]?.pointer} ${faults[0]?.detail}`;
  const numbers = (missing: boolean) =>
    findings.filter((finding) => finding.fault !== undefined && finding.missing === missing).map(({ no }) => no);
  const extra = {
    missing: numbers(true),
    differing: numbers(false),
    uncovered: findings.flatMap(({ missing, gaps }) => (missing || tooFew ? gaps : [])).slice(0, MOST_LISTED),
  };
  return bad({ ...problem('manifest-mismatch', detail, faults.slice(0, MOST_LISTED)), extra });
}

/** What was found out about a chunk of the manifest. */
interface Finding {
  readonly no: number;
  readonly fault: string | undefined;
  /** Whether there is no chunk of this number. */
  readonly missing: boolean;
  /** Its seqs that are nowhere, the first `MOST_LISTED` ranges. In a chunk that is here they are no fault by themselves: a device may skip numbers. */
  readonly gaps: readonly SeqRange[];
  /** Events of it that are here. */
  readonly count: number;
}

function find(chunk: ManifestChunk, receipt: ReceiptRecord | undefined, covered: readonly SeqRange[]): Finding {
  const range = rangeOf(chunk);
  const gaps = missingRanges([range], covered, MOST_LISTED);
  const count = countWithin(range, covered) + (receipt?.unnumbered_count ?? 0);
  const fault = receipt === undefined ? absence(gaps) : difference(chunk, receipt);
  return { no: chunk.no, fault, missing: receipt === undefined, gaps, count };
}

function absence([first, ...others]: readonly SeqRange[]): string | undefined {
  return first && `is not here: seqs ${first[0]} to ${first[1]}${others.length > 0 ? ' and others' : ''} are nowhere`;
}

function difference(chunk: ManifestChunk, receipt: ReceiptRecord): string | undefined {
  if (!receipt.sha256.includes(chunk.sha256.toLowerCase())) return 'is here with another sha256';
  const [first, last] = [receipt.seqs[0]?.[0], receipt.seqs.at(-1)?.[1]];
  if (first !== undefined && (first < chunk.first_seq || (last ?? first) > chunk.last_seq)) {
    return `is here with seqs ${first} to ${last}`;
  }
  return undefined;
}

function rangeOf({ first_seq, last_seq }: ManifestChunk): SeqRange {
  return [first_seq, last_seq];
}
