/** What answers mean: of our server, and of whatever else answers in a car. */
import { PROBLEMS, type ProblemSlug, problem, problemDocument } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import { parseRetryAfter } from './http-client.ts';
import { fateOf, judge, rejectionsIn } from './judge.ts';

const answer = (status: number, body: unknown) => ({ status, body, retryAfterMs: undefined, dateMs: 0 });
const ours = (slug: ProblemSlug) => answer(PROBLEMS[slug].status, problemDocument(problem(slug, 'so')));
const readCount = ({ accepted }: Readonly<Record<string, unknown>>) => (accepted === 3 ? 3 : undefined);

describe('judge', () => {
  test.each([
    ['what was expected', answer(200, { accepted: 3 }), 'taken'],
    ['the page of a captive portal', answer(200, undefined), 'wait'],
    ['JSON of something else', answer(200, { status: 'ok' }), 'wait'],
    ['a count that does not add up', answer(200, { accepted: 2 }), 'wait'],
    ['a list', answer(200, [3]), 'wait'],
    ['nothing', answer(204, undefined), 'wait'],
    ['a redirect to a log-in', answer(302, undefined), 'wait'],
    ["a proxy's own 404", answer(404, undefined), 'wait'],
    ["a proxy's own 422", answer(422, { error: 'unprocessable' }), 'wait'],
    ['a problem document of another API', answer(422, { type: 'urn:other:problem:invalid-event' }), 'wait'],
    ['a problem that is not in our table', answer(422, { type: 'urn:fleet-telemetry:problem:new-one' }), 'wait'],
    ["a proxy's 413", answer(413, undefined), 'too-large'],
    ["a proxy's 408", answer(408, undefined), 'wait'],
    ["a gateway's 502", answer(502, undefined), 'wait'],
  ])('%s', (_, given, kind) => {
    expect(judge(given, readCount).kind).toBe(kind);
  });

  test.each((Object.keys(PROBLEMS) as ProblemSlug[]).map((slug) => [slug]))('our problem %s', (slug) => {
    const waits = ['unauthorized', 'forbidden', 'clock-skew'];
    const refused = PROBLEMS[slug].retryable || waits.includes(slug) ? 'wait' : 'refused';
    expect(judge(ours(slug), readCount).kind).toBe(slug === 'payload-too-large' ? 'too-large' : refused);
  });

  test('only what can never be taken is set aside, and only a taken seq moves an event', () => {
    const fates = (Object.keys(PROBLEMS) as ProblemSlug[]).filter((slug) => fateOf(slug) === 'set-aside');
    expect(fates.sort()).toEqual(['invalid-event', 'malformed-body', 'too-old']);
    expect((Object.keys(PROBLEMS) as ProblemSlug[]).filter((slug) => fateOf(slug) === 'move')).toEqual([
      'seq-conflict',
    ]);
  });
});

describe('rejectionsIn', () => {
  const rejected = {
    line: 2,
    seq: 7,
    type: 'invalid-event',
    errors: [{ pointer: '/rpm', detail: 'must be <= 20000' }],
  };

  test('names events by their place', () => {
    const read = rejectionsIn({ rejected: [rejected], rejected_count: 1 }, 'line');
    expect(read).toEqual([{ index: 1, slug: 'invalid-event', why: 'invalid-event: /rpm must be <= 20000' }]);
  });

  test.each([
    { rejected: [rejected], rejected_count: 2 },
    { rejected: [{ ...rejected, type: 'gremlins' }], rejected_count: 1 },
    { rejected: [{ ...rejected, line: 'two' }], rejected_count: 1 },
    { rejected: 'none', rejected_count: 0 },
    {},
  ])('a list that says not all counts for nothing: %j', (body) => {
    expect(rejectionsIn(body, 'line')).toBeUndefined();
  });
});

test('Retry-After is a number of seconds, or a date', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:30 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});
