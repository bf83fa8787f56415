import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvRecord, inert } from './csv.ts';

/** The cells of one record, as RFC 4180 reads them. */
function parseRecord(record: string): string[] {
  const cells = `,${record.slice(0, -2)}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g);
  return [...cells].map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}

describe('a record of CSV', () => {
  test.each([
    [['ts', 'seq'], 'ts,seq\r\n'],
    [['', '', ''], ',,\r\n'],
    [['a,b', 'say "hi"', 'two\r\nlines'], '"a,b","say ""hi""","two\r\nlines"\r\n'],
    [[' kept ', "it's"], " kept ,it's\r\n"],
  ])('of %j is %j', (cells, expected) => {
    expect(csvRecord(cells)).toBe(expected);
  });

  test('gives back every cell to a reader of RFC 4180', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a') }),
    );
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (cells) => {
        expect(parseRecord(csvRecord(cells))).toEqual(cells);
      }),
    );
  });
});

describe('text that a person chose', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1'])('is no formula: %j', (text) => {
    expect(inert(text)).toBe(`'${text}`);
  });

  test.each(['phone', '', ' =1', 'a=1', '1-2', "'=1"])('is left alone where it is none anyway: %j', (text) => {
    expect(inert(text)).toBe(text);
  });
});
