import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MOST_NUMBER_BYTES, putInteger, putNumber } from './decimals.ts';

function written(put: (bytes: Uint8Array, start: number) => number): string {
  const bytes = new Uint8Array(2 + MOST_NUMBER_BYTES);
  return Buffer.from(bytes.subarray(2, put(bytes, 2))).toString();
}

const decimal = fc
  .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: 0, max: 12 }))
  .map(([digits, decimals]) => digits / 10 ** decimals);

describe('a number in bytes', () => {
  test.each([
    0,
    -0,
    1,
    -1,
    9,
    10,
    0.5,
    -8.653,
    41.2578964,
    0.1 + 0.2,
    1e-6,
    1e-7,
    9.99e-7,
    123_456_789,
    1e21,
    5e-324,
    2 ** 53,
  ])('%d is as JavaScript prints it', (value) => {
    expect(written((bytes, start) => putNumber(bytes, start, value))).toBe(`${value}`);
  });

  test('is as JavaScript prints it, whichever it is', () => {
    const large = fc.double({ min: 1e6, max: 1e10, noNaN: true });
    const number = fc.oneof(decimal, large, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
    fc.assert(
      fc.property(number, (value) => {
        expect(written((bytes, start) => putNumber(bytes, start, value))).toBe(`${value}`);
      }),
      { numRuns: 20_000 },
    );
  });

  test('may be any integer', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat({ max: 2_000 })), (value) => {
        expect(written((bytes, start) => putInteger(bytes, start, value))).toBe(`${value}`);
      }),
      { numRuns: 5_000 },
    );
  });
});
