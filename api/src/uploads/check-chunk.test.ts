import { describe, expect, test } from '@jest/globals';
import type { Admission } from '../ingest/admit.ts';
import { checkChunk, eventsIn } from './check-chunk.ts';

const TRIP = '8d5c3a40-0000-4000-8000-000000000000';
const EVER = Number.POSITIVE_INFINITY;

const admission: Admission = {
  speaker: {
    resolve: (name) => (name === 'phone' ? 'golf' : name),
    mayWrite: () => true,
    namesOf: (vehicle) => [vehicle],
    source: 'dongle',
  },
  window: { now: 0, earliest: -EVER, latest: EVER, kept: -EVER },
  onRefused: () => {},
};
const context = { trip_id: TRIP, vehicle: 'golf', admission };

function lineOf(seq: number | undefined, more: object = {}): string {
  return JSON.stringify({
    vehicle_id: 'golf',
    ts: new Date(Date.UTC(2025, 0) + (seq ?? 0) * 1_000),
    seq,
    rpm: 900,
    ...more,
  });
}

async function* bytesOf(lines: readonly string[]): AsyncGenerator<Buffer> {
  yield Buffer.from(lines.join('\n'));
}

describe('checkChunk', () => {
  test('tells what is in the lines', async () => {
    const lines = [lineOf(3), lineOf(1), '', 'x', lineOf(undefined), lineOf(2, { rpm: 'fast' }), lineOf(9), lineOf(1)];

    const content = await checkChunk(bytesOf(lines), context);

    expect(content).toMatchObject({
      ok: true,
      value: {
        line_count: 7,
        unnumbered_count: 2,
        seqs: [
          [1, 3],
          [9, 9],
        ],
        events: { length: 5 },
      },
    });
    expect(content.ok && content.value.rejections.listed.map(({ line, seq, slug }) => [line, seq, slug])).toEqual([
      [4, null, 'malformed-body'],
      [6, 2, 'invalid-event'],
    ]);
  });

  test('knows the vehicle by any of its names, and a trip id in capitals', async () => {
    const lines = [lineOf(1, { vehicle_id: 'phone', trip_id: TRIP.toUpperCase() })];

    expect((await checkChunk(bytesOf(lines), context)).ok).toBe(true);
  });

  test('keeps the events of an hour, and has more of them read again', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => lineOf(index + 1));

    const [hour, longer] = await Promise.all(
      [lines.slice(0, 3_600), lines].map((some) => checkChunk(bytesOf(some), context)),
    );

    expect(hour).toMatchObject({ value: { events: { length: 3_600 } } });
    expect(longer).toMatchObject({ value: { line_count: 5_000, events: null } });
    let last: unknown;
    for await (const event of eventsIn(bytesOf(lines), context)) last = event;
    expect(last).toMatchObject({ line: 5_000, event: { seq: 5_000, trip: TRIP, source: 'dongle' } });
  });

  test.each([
    ['lines that are no events', (index: number) => (index % 2 === 0 ? '{' : '{}'), 10_000],
    ['gaps', (index: number) => lineOf(2 * index + 1), 50_000],
  ])('refuses a chunk with more %s than can be', async (_what, text, most) => {
    const lines = (count: number) => bytesOf(Array.from({ length: count }, (_, index) => text(index)));

    expect((await checkChunk(lines(most), context)).ok).toBe(true);
    expect(await checkChunk(lines(most + 6_000), context)).toMatchObject({
      ok: false,
      error: { slug: 'invalid-chunk', detail: expect.stringContaining(`more than ${most}`) },
    });
  });

  test('takes any number of lines that are only too late or too early: they were good events once', async () => {
    const late = { ...admission, window: { ...admission.window, kept: Date.UTC(2026, 0) } };
    const lines = Array.from({ length: 10_500 }, (_, index) => lineOf(index + 1));

    const content = await checkChunk(bytesOf(lines), { ...context, admission: late });

    expect(content).toMatchObject({ ok: true, value: { rejections: { count: 10_500, listed: { length: 1_000 } } } });
  });
});
