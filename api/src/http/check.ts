/** Checks JSON bodies against a schema, every fault at once. */
import type { ProblemSlug } from '@fleet/contract';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ProblemError } from '../ingest/problem-error.ts';
import { faultsOf, problemWith, TRUSTED_SCHEMAS } from '../ingest/schema-faults.ts';

const OPTIONS = { ...TRUSTED_SCHEMAS, strictRequired: false };
const thorough = new Ajv2020({ ...OPTIONS, allErrors: true });
const brief = new Ajv2020(OPTIONS);

/** A body with more values is told its first fault only: to name those of tens of thousands would hold up others. */
const MOST_VALUES = 1_000;

/** A check that gives the value back as what the schema says, or throws its problem. */
export function createCheck<T>(schema: object, slug: ProblemSlug): (value: unknown) => T {
  const whole = compiledWhenAsked<T>(thorough, schema);
  const large = compiledWhenAsked<T>(brief, schema);
  return (value) => {
    const check = isLarge(value) ? large() : whole();
    if (check(value)) return value;
    throw new ProblemError(problemWith(slug, 'the body', faultsOf(check.errors ?? [])));
  };
}

/** The start of the server need not wait for what nobody may ever ask for. */
function compiledWhenAsked<T>(ajv: Ajv2020, schema: object): () => ValidateFunction<T> {
  let compiled: ValidateFunction<T> | undefined;
  return () => {
    compiled ??= ajv.compile<T>(schema);
    return compiled;
  };
}

/** Whether there are more than `MOST_VALUES` members and items in all. */
function isLarge(value: unknown): boolean {
  const unseen = [value];
  for (let at = 0; at < unseen.length; at++) {
    const each = unseen[at];
    if (typeof each !== 'object' || each === null) continue;
    for (const member of Object.values(each)) unseen.push(member);
    if (unseen.length > MOST_VALUES) return true;
  }
  return false;
}
