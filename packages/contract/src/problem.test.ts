import { describe, expect, test } from '@jest/globals';
import { PROBLEMS, type ProblemSlug, problem, problemDocument, problemSlug } from './problem.ts';

const SLUGS = Object.keys(PROBLEMS) as ProblemSlug[];

/** Statuses after which a sender is right to try the same again: there is nothing wrong with what was sent. */
const LATER = [429, 500, 503];

describe('the table of problems', () => {
  test.each(SLUGS)('%s makes a document that leads back to it', (slug) => {
    const document = problemDocument(problem(slug, 'the detail', [{ pointer: '/ts', detail: 'is wrong' }]));

    expect(document).toEqual({
      type: `urn:fleet-telemetry:problem:${slug}`,
      title: PROBLEMS[slug].title,
      status: PROBLEMS[slug].status,
      detail: 'the detail',
      errors: [{ pointer: '/ts', detail: 'is wrong' }],
    });
    expect(problemSlug(JSON.parse(JSON.stringify(document)))).toBe(slug);
  });

  test.each(SLUGS)('%s has a status of a failure and a title of its own', (slug) => {
    const { status, title } = PROBLEMS[slug];

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(SLUGS.filter((other) => PROBLEMS[other].title === title)).toEqual([slug]);
  });

  test('says retryable of what may succeed later, and of a body that was damaged on its way', () => {
    const retryable = SLUGS.filter((slug) => PROBLEMS[slug].retryable);

    expect(retryable).toEqual(
      SLUGS.filter((slug) => LATER.includes(PROBLEMS[slug].status) || slug === 'digest-mismatch'),
    );
  });
});

describe('a problem document', () => {
  test('has no errors where there are none, and what its kind adds', () => {
    const document = problemDocument({ ...problem('ambiguous-trip', 'two'), extra: { vehicles: ['golf', 'polo'] } });

    expect(document).not.toHaveProperty('errors');
    expect(document).toMatchObject({ status: 409, vehicles: ['golf', 'polo'] });
  });

  test.each([
    ['nothing', null],
    ['text', 'urn:fleet-telemetry:problem:conflict'],
    ['an empty object', {}],
    ['another type', { type: 'about:blank' }],
    ['a slug that is not in the table', { type: 'urn:fleet-telemetry:problem:teapot' }],
    ['what every object inherits', { type: 'urn:fleet-telemetry:problem:constructor' }],
    ['a type that is no text', { type: 404 }],
  ])('of somebody else is not taken for ours: %s', (_what, document) => {
    expect(problemSlug(document)).toBeUndefined();
  });
});
