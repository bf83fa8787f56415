import { CUSTOM_SIGNAL_NAME, EARLIEST_MS, MAX_SEQ, SIGNAL_NAMES, SIGNALS } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { measuredOf } from '../../ingest/measured.ts';
import type { EventRow } from '../../ports.ts';
import { Dictionary } from './dictionary.ts';
import { MAX_RECORD_BYTES } from './record.ts';
import { RecordReader } from './record-reader.ts';
import { RecordWriter } from './record-writer.ts';

function dictionary(): Dictionary {
  const names = new Dictionary();
  names.add([
    { id: 1, name: 'phone', decimals: 0 },
    ...SIGNAL_NAMES.map((name, index) => ({ id: index + 2, name, decimals: SIGNALS[name].decimals })),
    { id: 5_000, name: 'boost_kpa', decimals: 3 },
  ]);
  return names;
}

/** An event as it is read. */
type Content = Omit<EventRow, 'trip'>;

function roundTrip(records: readonly Content[]): Content[] {
  const names = dictionary();
  const writer = new RecordWriter(names);
  for (const { values, ...rest } of records) writer.write({ ...rest, measured: measuredOf(values) });
  const reader = new RecordReader(writer.take(), names, null);
  const read: Content[] = [];
  while (reader.more) read.push(reader.read());
  return read;
}

const name = fc.oneof(fc.constantFrom(...SIGNAL_NAMES, 'boost_kpa'), fc.stringMatching(CUSTOM_SIGNAL_NAME));
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.integer({ min: -2_000_000, max: 2_000_000 }).map((n) => n / 100),
);
const record: fc.Arbitrary<Content> = fc
  .record({
    ts: fc.integer({ min: EARLIEST_MS, max: Date.UTC(9999, 11, 31) }),
    seq: fc.option(fc.integer({ min: 1, max: MAX_SEQ }), { nil: undefined }),
    values: fc.dictionary(name, value, { maxKeys: 60, noNullPrototype: true }),
    dtcs: fc.option(fc.array(fc.constantFrom('P0301', 'U0100-87')), { nil: undefined }),
  })
  .map(({ ts, seq, ...rest }) => ({ ts, seq: seq ?? ts, source: 'phone', ...rest }));

describe('a record', () => {
  test('gives back exactly what was put in, one after the other', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        expect(roundTrip(records)).toEqual(records.map((each) => ({ ...each, trip: null })));
      }),
    );
  });

  test.each([0, -0, 0.1, 1e-300, -1e300, 2 ** 53, 49.0312345, -95.9842529, 180, 1 / 3])(
    'keeps %p to the last bit',
    (lat) => {
      expect(roundTrip([{ ts: EARLIEST_MS, seq: 1, source: 'phone', values: { lat } }])[0]?.values['lat']).toBe(lat);
    },
  );

  test('of an event of the seed takes less than 50 bytes', () => {
    const values = { lat: 49.5891, lon: 8.6527, speed_kph: 82.4, rpm: 2350, coolant_c: 86, throttle_pos: 0.32 };
    const writer = new RecordWriter(dictionary());

    writer.write({
      ts: Date.UTC(2025, 10, 4),
      seq: 154,
      source: 'phone',
      measured: measuredOf({ ...values, soc_pct: 87.5, fuel_level_pct: 62 }),
    });

    expect(writer.length).toBeLessThan(50);
  });

  test('of the fullest event that can come fits', () => {
    const custom = Array.from({ length: 32 }, (_, index) => [`x${String(index).padStart(63, '0')}`, Math.PI]);
    const named = SIGNAL_NAMES.map((signal) => [signal, Math.E]);
    const writer = new RecordWriter(dictionary());

    writer.write({
      ts: EARLIEST_MS,
      seq: MAX_SEQ,
      source: 'phone',
      measured: measuredOf(Object.fromEntries([...custom, ...named])),
      dtcs: Array.from({ length: 64 }, () => 'U0100-87'),
    });

    expect(writer.length).toBeLessThan(MAX_RECORD_BYTES);
  });
});
