/** Checks JSON bodies against a schema, every fault at once. */
import type { ProblemSlug } from '@fleet/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ProblemError } from '../ingest/problem-error.ts';
import { faultsOf, problemWith } from '../ingest/schema-faults.ts';

const ajv = new Ajv2020({ allErrors: true, strictRequired: false });

/** A check that gives the value back as what the schema says, or throws its problem. */
export function createCheck<T>(schema: object, slug: ProblemSlug): (value: unknown) => T {
  const matches = ajv.compile<T>(schema);
  return (value) => {
    if (matches(value)) return value;
    throw new ProblemError(problemWith(slug, 'the body', faultsOf(matches.errors ?? [])));
  };
}
