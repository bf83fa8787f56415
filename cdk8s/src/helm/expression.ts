/**
 * An expression has two meanings: a text in Go's template language, and a value worked out here. The chart is made of the
 * first, plain manifests of the second; a property test holds the two equal.
 */

/** What Helm knows while it renders a chart. */
export interface Context {
  /** The chart's own values, with `global`. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly release: Release;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string };
  /** What the cluster knows, as in `monitoring.coreos.com/v1`. */
  readonly apiVersions: readonly string[];
  /** Files of the chart, by their paths in it. */
  readonly files: ReadonlyMap<string, string>;
  /** Variables of the loops around. */
  readonly locals: Readonly<Record<string, unknown>>;
}

/** What is installed, or made anew. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** 1 at the first installation. */
  readonly revision: number;
  /** Whoever renders: `Helm` in charts. */
  readonly service: string;
}

/** Where in a template an expression stands. */
export interface Place {
  /** How the root is called there: `.`, but `$` in loops, where the dot is something else. */
  readonly root: '.' | '$';
  /** Hears which named templates are used. */
  readonly uses: (definition: Definition) => void;
}

/** A named template, as in `{{ include "fleet.labels" . }}`. */
export interface Definition {
  readonly name: string;
  /** What it stands for: a text, or a map of entries. */
  readonly body: unknown;
}

/**
 * How a value is written. A `word` is a text that needs no quotes in YAML, wherever it stands; a `bare` one none among
 * letters: alone it may look like a number.
 */
export type Kind = 'text' | 'bare' | 'word' | 'int' | 'number' | 'bool' | 'map' | 'list';

/** The two meanings. */
export interface Meaning<T> {
  readonly go: (place: Place) => string;
  readonly evaluate: (context: Context) => T;
}

/** A value that is known when the chart is rendered. */
export class Expr<out T> {
  readonly kind: Kind;
  readonly #meaning: Meaning<T>;

  constructor(kind: Kind, meaning: Meaning<T>) {
    this.kind = kind;
    this.#meaning = meaning;
  }

  /** As a pipeline of its own. */
  go(place: Place): string {
    return this.#meaning.go(place);
  }

  /** As an argument of a function. */
  operand(place: Place): string {
    const text = this.go(place);
    return ATOM.test(text) ? text : `(${text})`;
  }

  evaluate(context: Context): T {
    return this.#meaning.evaluate(context);
  }
}

/** A value, or an expression for one. */
export type Operand<T> = T | Expr<T>;

/** What needs no parentheses around it. */
const ATOM = /^(?:[^\s"()|]+|"(?:[^"\\]|\\.)*")$/;

/** An operand as an argument of a Go function. */
export function operandOf(value: Operand<unknown>, place: Place): string {
  return value instanceof Expr ? value.operand(place) : JSON.stringify(value);
}

/** An operand as it begins a pipeline. */
export function pipelineOf(value: Operand<unknown>, place: Place): string {
  return value instanceof Expr ? value.go(place) : JSON.stringify(value);
}

/** The value of an operand. */
export function operandValue<T>(value: Operand<T>, context: Context): T {
  return value instanceof Expr ? value.evaluate(context) : value;
}

/** Whether Go's templates take a value for true: not so 0, "", nothing, and what is empty. */
export function isTrue(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}

/** How an expression is printed between other text. */
export function printed(expr: Expr<unknown>, place: Place): string {
  return expr.kind === 'int' ? `${expr.go(place)} | int64` : expr.go(place);
}

/** The text that printing gives. */
export function printedValue(expr: Expr<unknown>, context: Context): string {
  const value = expr.evaluate(context);
  return expr.kind === 'int' ? `${Math.trunc(Number(value))}` : `${value ?? ''}`;
}
