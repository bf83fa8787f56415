/** What a manifest may hold besides plain values, and the types that let `tsc` check all of it. */
import { type Context, Expr, isTrue } from './expression.ts';
import type { Condition } from './operators.ts';

type Scalar = string | number | boolean;

/** A type of Kubernetes in which any part may be an expression, depend on a condition, or have a comment. */
export type Template<T> = Part<NonNullable<T>> | Commented<Part<NonNullable<T>>>;

/** Conditions may stand in conditions, once. */
type Part<T> = Form<T> | When<Form<T> | When<Form<T>>>;

type Form<T> = [T] extends [Scalar]
  ? T | Expr<T>
  : [T] extends [ReadonlyArray<infer Item>]
    ? readonly TemplateItem<Item>[] | Expr<readonly Item[]>
    : Fields<T> | Expr<T> | Merge;

/** The fields of an object, each a template. */
export type Fields<T> = { readonly [Key in keyof T]: Template<T[Key]> };

/** An item of a list: one, none, or many. */
export type TemplateItem<T> = Template<T> | Each<Template<T>> | Spread;

/** Something that is there, or is something else, as a condition wants. */
export class When<out V> {
  readonly condition: Condition;
  readonly value: V;
  /** Undefined: nothing at all. */
  readonly otherwise: V | undefined;

  constructor(condition: Condition, value: V, otherwise?: V) {
    this.condition = condition;
    this.value = value;
    this.otherwise = otherwise;
  }
}

/** Something that is there only where a condition holds; else what else is given, or nothing. */
export function when<V, O = V>(condition: Condition, value: V, otherwise?: O): When<V | O> {
  return new When<V | O>(condition, value, otherwise);
}

/** A value that is left out where it is empty. */
export function optional<T>(value: Expr<T>): When<Expr<T>> {
  return new When(value, value);
}

/** An item for each one of a list. */
export class Each<out V> {
  readonly list: Expr<readonly unknown[]>;
  /** The name of the variable that stands for one of them. */
  readonly local: string;
  readonly item: V;

  constructor(list: Expr<readonly unknown[]>, local: string, item: V) {
    this.list = list;
    this.local = local;
    this.item = item;
  }
}

/** The items of a list, between others. */
export class Spread {
  readonly list: Expr<readonly object[]>;

  constructor(list: Expr<readonly object[]>) {
    this.list = list;
  }
}

export function spread(list: Expr<readonly object[]>): Spread {
  return new Spread(list);
}

/** Entries of several maps in one; of equal keys the last one counts. */
export class Merge {
  readonly parts: readonly MergePart[];

  constructor(parts: readonly MergePart[]) {
    this.parts = parts;
  }
}

/** An expression for a map, or entries. */
export type MergePart = Expr<object> | EachEntry | Readonly<Record<string, unknown>>;

/** An entry of a map for each one of a list. */
export class EachEntry {
  readonly list: Expr<readonly unknown[]>;
  /** The name of the variable that stands for one of them. */
  readonly local: string;
  /** A word: keys are not quoted. */
  readonly key: Expr<string>;
  readonly value: Expr<string>;

  constructor(list: Expr<readonly unknown[]>, local: string, entry: readonly [key: Expr<string>, value: Expr<string>]) {
    this.list = list;
    this.local = local;
    [this.key, this.value] = entry;
  }
}

export function merge(...parts: readonly MergePart[]): Merge {
  return new Merge(parts);
}

/** Something with words for whoever reads the chart; manifests are the same without. */
export class Commented<out V> {
  readonly comment: string;
  readonly value: V;

  constructor(comment: string, value: V) {
    this.comment = comment;
    this.value = value;
  }
}

export function commented<V>(comment: string, value: V): Commented<V> {
  return new Commented(comment, value);
}

/** A text of lines, some of which may depend on conditions: a file in a ConfigMap. */
export class Lines extends Expr<string> {
  readonly lines: readonly Line[];

  constructor(lines: readonly Line[]) {
    super('text', {
      go: () => {
        throw new Error('lines stand under a key, where each is shown');
      },
      evaluate: (context) =>
        textOf(lines, context)
          .map((line) => `${line}\n`)
          .join(''),
    });
    this.lines = lines;
  }
}

function textOf(lines: readonly Line[], context: Context): string[] {
  return lines.flatMap((line) => {
    if (line instanceof Each) {
      const one = (value: unknown) => ({ ...context, locals: { ...context.locals, [line.local]: value } });
      return line.list.evaluate(context).flatMap((value) => textOf(line.item, one(value)));
    }
    if (!(line instanceof When)) return [line instanceof Expr ? line.evaluate(context) : line];
    return textOf((isTrue(line.condition.evaluate(context)) ? line.value : line.otherwise) ?? [], context);
  });
}

/** One line, or several that depend on a condition, or for each one of a list. */
export type Line = string | Expr<string> | When<readonly Line[]> | Each<readonly Line[]>;
