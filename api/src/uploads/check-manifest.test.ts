import type { Manifest, ManifestChunk, Problem, Result } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SeqRange } from '../ports.ts';
import { seqRanges, unionOfRanges } from '../trips/seq-ranges.ts';
import { checkManifest, contradictionsIn, type Holdings } from './check-manifest.ts';
import type { ReceiptRecord } from './records.ts';

/** A chunk of a device, and what became of it. */
interface Sent {
  readonly length: number;
  /** Which of its seqs the device left out, since it never made them. */
  readonly skipped: readonly boolean[];
  /** Which of its seqs came live. */
  readonly live: readonly boolean[];
  /** Whether it came as a chunk, whole or without what had come live. */
  readonly chunk: 'no' | 'whole' | 'rest';
}

const flags = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
const sent: fc.Arbitrary<Sent> = fc.record({
  length: fc.integer({ min: 1, max: 8 }),
  skipped: fc.oneof(fc.constant(Array<boolean>(8).fill(false)), flags),
  live: flags,
  chunk: fc.constantFrom('no', 'whole', 'rest'),
});

function holdingsOf(receipts: readonly ReceiptRecord[], stored: readonly SeqRange[]): Holdings {
  return { receipts, covered: unionOfRanges([stored, ...receipts.map(({ seqs }) => seqs)]) };
}

/** The manifest of these chunks and what the server holds of them. */
function tell(chunks: readonly Sent[]) {
  const manifest: ManifestChunk[] = [];
  const receipts: ReceiptRecord[] = [];
  const made: number[] = [];
  const here = new Set<number>();
  const live: number[] = [];
  let next = 1;
  for (const [index, { length, skipped, live: flagged, chunk }] of chunks.entries()) {
    const seqs = Array.from({ length }, (_, offset) => next + offset);
    const own = seqs.filter((_, offset) => !skipped[offset]);
    const cameLive = own.filter((_, offset) => flagged[offset]);
    const inChunk = chunk === 'no' ? [] : own.filter((seq) => chunk === 'whole' || !cameLive.includes(seq));
    manifest.push({ no: index + 1, first_seq: next, last_seq: next + length - 1, size_bytes: 1, sha256: 'aa' });
    if (chunk !== 'no') receipts.push(receiptOf(index + 1, inChunk));
    made.push(...own);
    live.push(...cameLive);
    for (const seq of [...cameLive, ...inChunk]) here.add(seq);
    next += length;
  }
  return { manifest: manifestOf(manifest, made.length), holdings: holdingsOf(receipts, seqRanges(live)), made, here };
}

function receiptOf(no: number, seqs: readonly number[], more: Partial<ReceiptRecord> = {}): ReceiptRecord {
  const counts = { event_count: seqs.length, unnumbered_count: 0, rejected: [], rejected_count: 0 };
  return { no, sha256: ['aa'], size_bytes: 1, lines_sha256: '', seqs: seqRanges(seqs), ...counts, ...more };
}

function manifestOf(chunks: readonly ManifestChunk[], event_count: number): Manifest {
  return { vehicle_id: 'golf', trip_id: '', started_at: '', event_count, chunks };
}

/** The seqs that a refusal names. */
function uncovered(checked: Result<void, Problem>): Set<number> {
  const ranges = (checked.ok ? [] : checked.error.extra?.['uncovered']) as readonly SeqRange[];
  return new Set(ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at)));
}

const ONE = { no: 1, first_seq: 1, last_seq: 3, size_bytes: 1, sha256: 'AA' };

describe('checkManifest', () => {
  test('never finds complete what lacks an event, and names every seq that is nowhere', () => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 6 }), (chunks) => {
        const { manifest, holdings, made, here } = tell(chunks);

        const checked = checkManifest(manifest, holdings);

        const nowhere = made.filter((seq) => !here.has(seq));
        const named = uncovered(checked);
        expect(nowhere.length === 0 || !checked.ok).toBe(true);
        expect(nowhere.filter((seq) => !named.has(seq))).toEqual([]);
        expect([...named].filter((seq) => here.has(seq))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('finds complete whatever came, in whatever way, where no numbers were skipped or every chunk was sent', () => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 6 }), fc.boolean(), (chunks, skipping) => {
        const all = chunks.map((chunk) =>
          skipping ? { ...chunk, chunk: 'whole' as const } : { ...chunk, skipped: [] },
        );
        const { manifest, holdings, made, here } = tell(all);

        expect(checkManifest(manifest, holdings).ok).toBe(made.every((seq) => here.has(seq)));
      }),
      { numRuns: 500 },
    );
  });

  test('is not taken in by lines that were sent twice', () => {
    const receipt = receiptOf(1, [1, 2], { event_count: 3 });

    expect(checkManifest(manifestOf([ONE], 3), holdingsOf([receipt], []))).toMatchObject({
      error: { slug: 'manifest-mismatch', extra: { missing: [], differing: [], uncovered: [[3, 3]] } },
    });
  });

  test('counts lines without a seq', () => {
    const receipt = receiptOf(1, [1, 2], { event_count: 3, unnumbered_count: 1 });

    expect(checkManifest(manifestOf([ONE], 3), holdingsOf([receipt], [])).ok).toBe(true);
  });

  test.each<[string, Partial<ReceiptRecord>]>([
    ['another digest', { sha256: ['bb', 'cc'] }],
    ['seqs beyond what the manifest says', { seqs: [[2, 4]] }],
  ])('names a chunk that is here with %s', (_what, more) => {
    const receipts = [receiptOf(1, [1, 2, 3], more)];

    expect(checkManifest(manifestOf([ONE], 3), holdingsOf(receipts, [[1, 3]]))).toMatchObject({
      error: { extra: { missing: [], differing: [1], uncovered: [] } },
    });
  });
});

describe('contradictionsIn', () => {
  test('finds none in chunks that follow each other, in any order', () => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 6 }), (chunks) => {
        const { manifest } = tell(chunks);

        expect(contradictionsIn({ ...manifest, chunks: manifest.chunks.toReversed() })).toEqual([]);
      }),
    );
  });

  test.each<[string, ManifestChunk[], number, string]>([
    ['a number that is used twice', [ONE, { ...ONE, first_seq: 4, last_seq: 5 }], 5, '/chunks/1/no'],
    ['seqs that end before they begin', [{ ...ONE, last_seq: 0 }], 0, '/chunks/0/last_seq'],
    ['seqs in two chunks', [ONE, { ...ONE, no: 2, first_seq: 3, last_seq: 5 }], 5, '/chunks'],
    ['more events than seqs', [ONE], 4, '/event_count'],
  ])('finds %s', (_what, chunks, count, pointer) => {
    expect(contradictionsIn(manifestOf(chunks, count)).map((fault) => fault.pointer)).toEqual([pointer]);
  });
});
