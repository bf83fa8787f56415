import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decimal, escapeXml } from './xml.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What a parser reads. */
function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) => ENTITIES[name] ?? String.fromCharCode(Number(code)));
}

describe('text in XML', () => {
  test.each([
    [`<a href="x">Tom & 'Jerry'</a>`, '&lt;a href=&quot;x&quot;&gt;Tom &amp; &apos;Jerry&apos;&lt;/a&gt;'],
    ['a\r\n\tb', 'a&#13;&#10;&#9;b'],
    ['Zürich 🚗 →', 'Zürich 🚗 →'],
    ['bell\u0007, null\u0000, half a pair\ud83d, \ufffe', 'bell\ufffd, null\ufffd, half a pair\ufffd, \ufffd'],
  ])('%j is %j', (text, expected) => {
    expect(escapeXml(text)).toBe(expected);
  });

  test('comes back from a parser as it was, but for what XML can not say', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(fc.constantFrom(...'&<>"\'\t\r\n;#a'), fc.string()) }), (text) => {
        const escaped = escapeXml(text);

        expect(escaped).not.toMatch(/[<>"'\t\r\n]/);
        expect(unescapeXml(escaped)).toBe(text);
      }),
    );
  });
});

describe('a number in XML', () => {
  test.each([
    [47.3769, '47.3769'],
    [-180, '-180'],
    [1e-7, '0.0000001'],
    [-1.5e-7, '-0.00000015'],
    [1e-30, '0'],
    [-0, '0'],
  ])('%d is %s', (value, expected) => {
    expect(decimal(value)).toBe(expected);
  });

  test('has no exponent and is as exact as twenty places can be', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        expect(decimal(value)).toMatch(/^-?\d+(?:\.\d+)?$/);
        expect(Math.abs(Number(decimal(value)) - value)).toBeLessThan(1e-20);
      }),
    );
  });
});
