/**
 * The values of a chart, each stated once: its kind, default, meaning and bounds. values.yaml, its schema, its page of
 * documentation, and the typed references in manifests all come of it.
 */
import { type Context, Expr, type Kind } from './expression.ts';
import { dotted } from './operators.ts';

/** JSON Schema, draft 7. */
export type Schema = { readonly [keyword: string]: unknown };

/** One value. */
export class Value<T> {
  readonly kind: Kind;
  readonly default: T;
  /** What it does, in a sentence or two. */
  readonly doc: string;
  readonly schema: Schema;
  /** Others that are valid: tests draw from them. */
  readonly examples: readonly T[];

  constructor(kind: Kind, fallback: T, doc: string, schema: Schema, examples: readonly T[] = []) {
    this.kind = kind;
    this.default = fallback;
    this.doc = doc;
    this.schema = schema;
    this.examples = examples;
  }
}

/** Values under one key. */
export class Group<S extends Spec> {
  readonly doc: string;
  readonly spec: S;
  /** What it may hold besides: nothing, anything, or what Helm hands down to a subchart. */
  readonly besides: 'nothing' | 'anything' | 'global';

  constructor(doc: string, spec: S, besides: Group<S>['besides']) {
    this.doc = doc;
    this.spec = spec;
    this.besides = besides;
  }
}

export type Spec = { readonly [key: string]: Value<unknown> | Group<Spec> };

/** What the values of a chart look like. */
export type ValuesOf<S extends Spec> = {
  readonly [Key in keyof S]: S[Key] extends Group<infer Inner>
    ? ValuesOf<Inner>
    : S[Key] extends Value<infer T>
      ? T
      : never;
};

/** References to the values of a chart. */
export type Refs<S extends Spec> = {
  readonly [Key in keyof S]: S[Key] extends Group<infer Inner>
    ? Refs<Inner>
    : S[Key] extends Value<infer T>
      ? Expr<T>
      : never;
};

/** Any text. */
export function anyText(fallback: string, doc: string): Value<string> {
  return new Value('text', fallback, doc, { type: 'string' });
}

/** A text of a form that allows nothing which means something in YAML. */
export function formed(fallback: string, doc: string, form: RegExp, examples: readonly string[]): Value<string> {
  return new Value('bare', fallback, doc, { type: 'string', pattern: form.source }, examples);
}

export function oneOf<const W extends readonly string[]>(words: W, fallback: W[number], doc: string): Value<W[number]> {
  return new Value<W[number]>('word', fallback, doc, { enum: words }, words);
}

/** A whole number between two bounds, both included. */
export function int(min: number, max: number, fallback: number, doc: string): Value<number> {
  return new Value('int', fallback, doc, { type: 'integer', minimum: min, maximum: max }, [min, max]);
}

/** Any number: for JSON only, since Go writes large and small ones its own way. */
export function number(fallback: number, doc: string): Value<number> {
  return new Value('number', fallback, doc, { type: 'number' }, [0, -1.5, 12.25]);
}

export function bool(fallback: boolean, doc: string): Value<boolean> {
  return new Value('bool', fallback, doc, { type: 'boolean' }, [true, false]);
}

/** A map of which the values decide. */
export function map<T extends object>(fallback: T, doc: string, schema: Schema, examples: readonly T[]): Value<T> {
  return new Value('map', fallback, doc, { type: 'object', ...schema }, examples);
}

export function list<T>(
  fallback: readonly T[],
  doc: string,
  items: Schema,
  examples: readonly (readonly T[])[],
): Value<readonly T[]> {
  return new Value('list', fallback, doc, { type: 'array', items }, examples);
}

export function group<const S extends Spec>(doc: string, spec: S): Group<S> {
  return new Group(doc, spec, 'nothing');
}

/** Values that charts share, and others' charts too. */
export function openGroup<const S extends Spec>(doc: string, spec: S): Group<S> {
  return new Group(doc, spec, 'anything');
}

/** The values of a subchart, as the chart around it has them. */
export function subchart<const S extends Spec>(
  doc: string,
  isEnabled: boolean,
  { global: _, ...own }: S,
): Group<Omit<S, 'global'> & { readonly enabled: Value<boolean> }> {
  return new Group(doc, { enabled: bool(isEnabled, 'Whether it is installed.'), ...own }, 'global');
}

/** References to the values that a table describes. */
export function refs<S extends Spec>(spec: S, path: readonly string[] = []): Refs<S> {
  const entries = Object.entries(spec).map(([key, value]) => {
    const at = [...path, key];
    return [key, value instanceof Group ? refs(value.spec, at) : valueRef(value.kind, at)] as const;
  });
  return Object.fromEntries(entries) as Refs<S>;
}

/** A reference to a value by its path. */
export function valueRef<T>(kind: Kind, path: readonly string[]): Expr<T> {
  return new Expr(kind, {
    go: ({ root }) => dotted(root, ['Values', ...path].join('.')),
    evaluate: ({ values }) => at(values, path) as T,
  });
}

/** A reference to the variable of a loop. */
export function localRef<T>(kind: Kind, name: string, ...path: readonly string[]): Expr<T> {
  return new Expr(kind, {
    go: () => `$${[name, ...path].join('.')}`,
    evaluate: ({ locals }: Context) => at(locals[name], path) as T,
  });
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** The values as they are without anybody's. */
export function defaultsOf<S extends Spec>(spec: S): ValuesOf<S> {
  const entries = Object.entries(spec).map(([key, value]) => [
    key,
    value instanceof Group ? defaultsOf(value.spec) : value.default,
  ]);
  return Object.fromEntries(entries) as ValuesOf<S>;
}

/** Somebody's values over others, as Helm lays them: maps deep, lists whole, and null takes away. */
export function overlaid(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isMap(below) || !isMap(above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === null) delete merged[key];
    else merged[key] = overlaid(below[key], value);
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
