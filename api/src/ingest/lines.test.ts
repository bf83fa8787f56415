import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_LINE_BYTES } from './decode.ts';
import { linesOf } from './lines.ts';

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

/** Lines as [number, text]. */
async function lines(bytes: Buffer, cuts: readonly number[] = []): Promise<[number, string][]> {
  const all: [number, string][] = [];
  for await (const some of linesOf(inPieces(bytes, cuts))) {
    all.push(...some.map(({ number, bytes: line }): [number, string] => [number, line.toString('latin1')]));
  }
  return all;
}

describe('linesOf', () => {
  test.each<[string, string, readonly [number, string][]]>([
    ['nothing', '', []],
    ['line ends alone', '\n\r\n\n', []],
    ['a line without an end', 'a', [[1, 'a']]],
    ['a line with an end', 'a\n', [[1, 'a']]],
    [
      'CRLF',
      'a\r\nb\r\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'empty lines between, which count',
      'a\n\n\nb',
      [
        [1, 'a'],
        [4, 'b'],
      ],
    ],
    ['a return within a line', 'a\rb\n', [[1, 'a\rb']]],
    ['space, which is a line', ' \n', [[1, ' ']]],
  ])('splits %s', async (_what, text, expected) => {
    expect(await lines(Buffer.from(text))).toEqual(expected);
  });

  test.each<{ cuts: readonly number[] }>([
    { cuts: [] },
    { cuts: [MAX_LINE_BYTES] },
    { cuts: [MAX_LINE_BYTES - 1, MAX_LINE_BYTES, MAX_LINE_BYTES + 1, MAX_LINE_BYTES + 2] },
  ])('gives a line of the greatest length whole, and of longer ones a byte more, cut at $cuts', async ({ cuts }) => {
    const longest = 'x'.repeat(MAX_LINE_BYTES);
    const cut = (text: string) => lines(Buffer.from(text), cuts);

    expect(await cut(`${longest}\nz`)).toEqual([
      [1, longest],
      [2, 'z'],
    ]);
    for (const more of ['x', `x${longest}y`]) {
      expect(await cut(`${longest}${more}\nz`)).toEqual([
        [1, `${longest}x`],
        [2, 'z'],
      ]);
    }
  });

  test('gives the same lines however the bytes were cut', async () => {
    const text = fc.array(fc.constantFrom('\n', '\r\n', 'a', 'ü', '{"b":1}', 'x'.repeat(MAX_LINE_BYTES - 1)), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''));

        expect(await lines(bytes, cuts)).toEqual(await lines(bytes));
      }),
    );
  });
});
