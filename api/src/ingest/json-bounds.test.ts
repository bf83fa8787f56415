import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseWithin } from './json-bounds.ts';

const BOUNDS = { values: 12, members: 4 };

/** How many values a JSON value has: each of an array or object, and one for an empty one. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Object.values(value);
  return members.reduce<number>((sum, member) => sum + countOf(member), Math.max(1, members.length));
}

/** The most members of an object in a JSON value. */
function widthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Object.values(value);
  return Math.max(Array.isArray(value) ? 0 : members.length, ...members.map(widthOf));
}

function detailOf(text: string): string | undefined {
  const parsed = parseWithin(Buffer.from(text), BOUNDS);
  return parsed.ok ? undefined : parsed.error.detail;
}

describe('bounds of JSON', () => {
  test('let through what is within, as it is, and nothing else, whatever is in its strings', () => {
    const marks = fc.string({ unit: fc.constantFrom('{', '[', ',', '"', '\\', '}', ']', 'é', 'a') });
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof({ maxDepth: 5 }, fc.constantFrom(null, true, -1.5e300), marks, tie('array'), tie('object')),
      array: fc.array(tie('json'), { maxLength: 6 }),
      object: fc.dictionary(marks, tie('json'), { maxKeys: 6 }),
    }));
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
        const isWithin = countOf(value) <= BOUNDS.values && widthOf(value) <= BOUNDS.members;
        const parsed = parseWithin(Buffer.from(JSON.stringify(value, null, indent)), BOUNDS);
        expect(parsed.ok).toBe(isWithin);
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['[0,0,0,0,0,0,0,0,0,0,0,0]', undefined],
    ['[0,0,0,0,0,0,0,0,0,0,0,0,0]', 'the body has more than 12 values'],
    ['[{},{},{},{},{},{},{}]', 'the body has more than 12 values'],
    ['[{"a":1,"b":1,"c":1,"d":1},{"e":[1,1]}]', undefined],
    ['{"a":1,"b":1,"c":1,"d":1,"e":1}', 'the body has an object with more than 4 members'],
    ['{"a":[1,2,3,4,5,6]}', undefined],
    ['{"a', 'the body is not JSON'],
    ['}}},,,]]]', 'the body is not JSON'],
    ['[[[[[[[[[[[[[[[[[[[[', 'the body has more than 12 values'],
    ['"\\', 'the body is not JSON'],
  ])('of %s say %s', (text, detail) => {
    if (detail === undefined) expect(detailOf(text)).toBeUndefined();
    else expect(detailOf(text)).toContain(detail);
  });

  test('leave what is nested too deep to the parser', () => {
    const text = '['.repeat(20) + ']'.repeat(20);
    const parsed = parseWithin(Buffer.from(text), { values: 100, members: 4 });
    expect(parsed).toMatchObject({ ok: false, error: { detail: 'the body is nested more than 16 levels deep' } });
  });
});
