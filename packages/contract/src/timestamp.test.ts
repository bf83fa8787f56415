import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, parseAnyTime, parseTimestamp } from './timestamp.ts';

describe('parseTimestamp', () => {
  test.each([
    ['2025-11-04T12:00:00Z', Date.UTC(2025, 10, 4, 12)],
    ['2025-11-04T12:00:00+00:00', Date.UTC(2025, 10, 4, 12)],
    ['2025-11-04T12:00:00.5Z', Date.UTC(2025, 10, 4, 12, 0, 0, 500)],
    ['2025-11-04T12:00:00.289Z', Date.UTC(2025, 10, 4, 12, 0, 0, 289)],
    ['2025-11-04T12:00:00.999999999Z', Date.UTC(2025, 10, 4, 12, 0, 0, 999)],
    ['2025-11-04T12:00:00-00:00', Date.UTC(2025, 10, 4, 12)],
    ['2025-11-04T12:00:00.05Z', Date.UTC(2025, 10, 4, 12, 0, 0, 50)],
    ['2025-12-31T23:59:59.999Z', Date.UTC(2025, 11, 31, 23, 59, 59, 999)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['2010-01-01T00:00:00Z', Date.UTC(2010)],
  ])('reads %s', (text, ms) => {
    expect(parseTimestamp(text)).toBe(ms);
  });

  test.each([
    ['2025-02-31T00:00:00Z', /calendar/],
    ['2025-02-29T00:00:00Z', /calendar/],
    ['2100-02-29T00:00:00Z', /calendar/],
    ['2025-13-01T00:00:00Z', /calendar/],
    ['2025-00-10T00:00:00Z', /calendar/],
    ['2025-01-00T00:00:00Z', /calendar/],
    ['2025-01-01T24:00:00Z', /time of day/],
    ['2025-01-01T12:60:00Z', /time of day/],
    ['2016-12-31T23:59:60Z', /leap second/],
    ['2009-12-31T23:59:59Z', /2010/],
    ['1970-01-01T00:00:00Z', /2010/],
    ['0001-01-01T00:00:00Z', /2010/],
    ['2025-11-04 12:00:00Z', /UTC/],
    ['2025-11-04T12:00:00', /UTC/],
    ['2025-11-04T12:00:00+01:00', /UTC/],
    ['2025-11-04T12:00:00z', /UTC/],
    ['2025-11-04T12:00Z', /UTC/],
    ['2025-11-04', /UTC/],
    ['20251104T120000Z', /UTC/],
    ['1762257600', /UTC/],
    ['2025-11-04T12:00:00.1234567890Z', /UTC/],
    ['+12025-11-04T12:00:00Z', /UTC/],
    ['', /UTC/],
    [' 2025-11-04T12:00:00Z', /UTC/],
    ['2025-11-04T12:00:00Z\n', /UTC/],
    ['2025-11-04T12:00:00.Z', /UTC/],
    ['2025-11-04T12:00:00,5Z', /UTC/],
    ['२०२५-11-04T12:00:00Z', /UTC/],
  ])('refuses %s and says why', (text, why) => {
    expect(parseTimestamp(text)).toMatch(why);
  });

  test.each(['1970-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '0001-01-01T00:00:00Z', '0000-02-29T00:00:00Z'])(
    'reads %s where any time may be asked for',
    (text) => {
      expect(parseAnyTime(text)).toBe(Date.parse(text));
    },
  );

  test('reads back every time that is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2010), max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(parseTimestamp(formatTimestamp(ms))).toBe(ms);
      }),
    );
  });

  test('writes every time as Date does, but for a fraction of zero', () => {
    const time = fc.integer({ min: -8.64e15, max: 8.64e15 });
    const seconds = fc.integer({ min: -8.64e12, max: 8.64e12 }).map((whole) => whole * 1_000);
    fc.assert(
      fc.property(fc.oneof(time, seconds), (ms) => {
        expect(formatTimestamp(ms)).toBe(new Date(ms).toISOString().replace('.000Z', 'Z'));
      }),
    );
    expect(() => formatTimestamp(Number.NaN)).toThrow(RangeError);
  });

  test('never takes a text that Date understands otherwise', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const text = fc
      .tuple(fc.integer({ min: 2010, max: 2399 }), part(14), part(33), part(25), part(61), part(61))
      .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    fc.assert(
      fc.property(text, (candidate) => {
        const time = parseTimestamp(candidate);
        if (typeof time === 'number') expect(new Date(time).toISOString()).toBe(candidate.replace('Z', '.000Z'));
      }),
    );
  });
});
