import type { Problem, Result } from '@fleet/contract';

/** A problem that comes up in the middle of a stream, where there is no value to return. Caught where the stream ends. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** The value of a good result; a bad one is thrown, for whoever answers. */
export function orThrow<T>(result: Result<T, Problem>): T {
  if (!result.ok) throw new ProblemError(result.error);
  return result.value;
}
