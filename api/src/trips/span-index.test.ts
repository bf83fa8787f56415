import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byStart, overlaps, type Span } from './span.ts';
import { SpanIndex } from './span-index.ts';

const span = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]): Span => ({ from, to: from + length }));

test('an index of spans finds those that overlap a stretch, and no others', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 40 }), fc.array(span, { maxLength: 10 }), (spans, stretches) => {
      const index = new SpanIndex(spans);
      for (const stretch of stretches) {
        const found = [...index.overlapping(stretch)].sort(byStart);
        expect(found).toEqual(spans.filter((each) => overlaps(each, stretch)).sort(byStart));
      }
    }),
  );
});
