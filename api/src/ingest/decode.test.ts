import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_DEPTH, parseJson } from './decode.ts';

function parse(text: string | Uint8Array) {
  return parseJson(Buffer.from(text as string));
}

function nested(levels: number, open = '[', close = ']'): string {
  return open.repeat(levels) + close.repeat(levels);
}

describe('parseJson', () => {
  test('reads back whatever JSON can say', () => {
    const shallow = fc.jsonValue({ maxDepth: 5 });
    fc.assert(
      fc.property(shallow, (value) => {
        expect(parse(JSON.stringify(value))).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });

  test.each<[string, string, unknown]>([
    ['a byte order mark before it', '\uFEFF{"a":1}', { a: 1 }],
    ['space around it', ' \r\n\t7 \n', 7],
    ['as many levels as there may be', nested(MAX_DEPTH), expect.any(Array)],
    ['many arrays beside each other', `[${'[],'.repeat(5_000)}[]]`, expect.any(Array)],
    ['brackets in text', JSON.stringify('['.repeat(100)), '['.repeat(100)],
    ['brackets in text behind an escaped quote', JSON.stringify(`"${'{'.repeat(100)}\\`), `"${'{'.repeat(100)}\\`],
    ['a lone surrogate as an escape', '"\\ud800"', '\ud800'],
    ['the last of two members of the same name', '{"a":1,"a":2}', { a: 2 }],
  ])('takes %s', (_what, text, value) => {
    expect(parse(text)).toEqual({ ok: true, value });
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /is not JSON/],
    ['half a document', '{"a":', /is not JSON/],
    ['two documents', '{}{}', /is not JSON/],
    ['a comment', '{} // yes', /is not JSON/],
    ['a comma at the end', '[1,]', /is not JSON/],
    ['NaN', 'NaN', /is not JSON/],
    ['a byte order mark in the middle', '{\uFEFF}', /is not JSON/],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /is not UTF-8/],
    ['half a character', Buffer.from('"ü"').subarray(0, 2), /is not UTF-8/],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), /is not UTF-8/],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), /is not JSON/],
    ['one level too many', nested(MAX_DEPTH + 1), /nested/],
    ['objects nested too deep', nested(MAX_DEPTH + 1, '{"a":', '}').replace(':}', ':1}'), /nested/],
    ['nesting behind text with brackets', `["]]]]]]]]]]]]]]]]",${nested(MAX_DEPTH)}]`, /nested/],
    ['openings that never end', '[{'.repeat(30_000), /nested/],
    ['text that never ends', `"${'['.repeat(60_000)}`, /nested|is not JSON/],
  ])('refuses %s', (_what, text, why) => {
    const value = parse(text);

    expect(value).toMatchObject({ ok: false, error: { slug: 'malformed-body', errors: [{ pointer: '' }] } });
    expect(!value.ok && value.error.detail).toMatch(why);
  });

  test.each([
    ['nested a million deep', '['.repeat(1_000_000)],
    ['quotes and backslashes', '"\\'.repeat(500_000)],
    ['quotes', '['.repeat(50) + '"'.repeat(500_000)],
    ['quotes in pairs', `${'['.repeat(10)}${'"a"'.repeat(300_000)}${'{'.repeat(10)}`],
  ])('is quick with a text of %s', (_what, text) => {
    const began = performance.now();

    expect(parse(text).ok).toBe(false);
    expect(performance.now() - began).toBeLessThan(250);
  });
});
