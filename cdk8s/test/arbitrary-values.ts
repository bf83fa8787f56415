/** Random values of a chart, drawn from the table that describes them. */
import fc from 'fast-check';
import { Group, type Spec, type Value } from '../src/helm/values.ts';

/** Texts that are something else to YAML, to Go's templates or to a shell. */
const ODD = [
  ...['yes', 'no', 'null', '~', '0123', '1e3', '0x1F', '2020-01-01', 'true', '1.0', '.inf', '-', '=', '<<'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a value that looks like one
  ...['{{ .Values }}', '{{', '}}', 'a: b', '# x', '"q"', "it's", '@', '`', '%s %v', '\\n', '${x}', '<&>', '&a', '*a'],
  ...['two\nlines', ' lead', 'trail ', '\ttab', 'ünï©ode', '😀', 'null byte?', '\u2028', '!tag', '|', '>', '[a', '{a'],
];

/** Keys of maps that are something else to YAML, or sort otherwise. */
const KEYS = ['a', 'on', '1', '10', '2', 'k8s.io/x'];

const anyText = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ODD) }, fc.string({ maxLength: 20 }));

/** Somebody's values: any part of them, down to none. */
export function arbitraryValues(spec: Spec): fc.Arbitrary<Record<string, unknown>> {
  const parts = Object.entries(spec).map(([key, value]) => [
    key,
    value instanceof Group ? arbitraryValues(value.spec) : arbitraryValue(value),
  ]);
  return fc.record(Object.fromEntries(parts) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
}

function arbitraryValue({ kind, default: fallback, schema, examples }: Value<unknown>): fc.Arbitrary<unknown> {
  const known = fc.constantFrom(fallback, ...examples);
  if (kind === 'text' && schema['pattern'] === undefined) return anyText;
  if (kind === 'int')
    return fc.oneof(known, fc.integer({ min: schema['minimum'] as number, max: schema['maximum'] as number }));
  const { additionalProperties: inner, propertyNames: names } = schema as {
    additionalProperties?: { type?: string; pattern?: string };
    propertyNames?: { pattern?: string };
  };
  const keys = KEYS.filter((key) => new RegExp(names?.pattern ?? '').test(key));
  const isTextMap = kind === 'map' && inner?.type === 'string' && inner.pattern === undefined && keys.length > 0;
  return isTextMap ? fc.oneof(known, fc.dictionary(fc.constantFrom(...keys), anyText)) : known;
}
