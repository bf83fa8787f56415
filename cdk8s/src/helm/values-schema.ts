/** values.schema.json: what is no value of the chart is refused with its name, before anything is rendered. */
import { Group, type Schema, type Spec } from './values.ts';

/** The schema of a chart's values. Draft 7: Helm 3 reads newer ones, and silently ignores what it does not know. */
export function valuesSchema(spec: Spec): Schema {
  const { properties, ...rest } = groupSchema(new Group('', spec, 'global'));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...rest,
    properties: { enabled: { type: 'boolean' }, ...properties },
  };
}

function groupSchema({ spec, besides }: Group<Spec>): Schema & { readonly properties: Schema } {
  const properties = Object.entries(spec).map(([key, value]) => [
    key,
    value instanceof Group
      ? { description: value.doc, ...groupSchema(value) }
      : { description: value.doc, ...value.schema, default: value.default },
  ]);
  // A key that somebody set to null is not there: without `required`, a number would become 0.
  return {
    type: 'object',
    additionalProperties: besides === 'anything',
    required: Object.keys(spec),
    properties: { ...(besides === 'global' && { global: { type: 'object' } }), ...Object.fromEntries(properties) },
  };
}
