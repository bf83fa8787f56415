/** The functions of Go's templates and of Helm that the charts use, and no more. */
import { createHash } from 'node:crypto';
import {
  type Context,
  Expr,
  isTrue,
  type Kind,
  type Operand,
  operandOf,
  operandValue,
  type Place,
} from './expression.ts';

/** What decides whether something is there. */
export type Condition = Expr<unknown>;

export function not(condition: Condition): Expr<boolean> {
  return new Expr('bool', {
    go: (place) => `not ${condition.operand(place)}`,
    evaluate: (context) => !isTrue(condition.evaluate(context)),
  });
}

/** For conditions only: printed, it would be one of its operands. */
export function and(...conditions: readonly Condition[]): Expr<boolean> {
  return connective('and', conditions, (values) => values.every(isTrue));
}

/** For conditions only: printed, it would be one of its operands. */
export function or(...conditions: readonly Condition[]): Expr<boolean> {
  return connective('or', conditions, (values) => values.some(isTrue));
}

function connective(
  name: string,
  conditions: readonly Condition[],
  decide: (values: readonly unknown[]) => boolean,
): Expr<boolean> {
  return new Expr('bool', {
    go: (place) => [name, ...conditions.map((condition) => condition.operand(place))].join(' '),
    evaluate: (context) => decide(conditions.map((condition) => condition.evaluate(context))),
  });
}

export function equals<T extends string>(a: Expr<T>, b: T): Expr<boolean> {
  return new Expr('bool', {
    go: (place) => `eq ${a.operand(place)} ${operandOf(b, place)}`,
    evaluate: (context) => a.evaluate(context) === b,
  });
}

export function isMoreThan(a: Expr<number>, b: number): Expr<boolean> {
  return new Expr('bool', {
    go: (place) => `gt (int64 ${a.operand(place)}) ${b}`,
    evaluate: (context) => Math.trunc(a.evaluate(context)) > b,
  });
}

/** The first, or the second where the first is empty. */
export function orElse<T extends string>(a: Expr<T>, b: Operand<T>): Expr<T> {
  return new Expr(a.kind === 'text' || (b instanceof Expr && b.kind === 'text') ? 'text' : 'bare', {
    go: (place) => `${a.go(place)} | default ${operandOf(b, place)}`,
    evaluate: (context) => a.evaluate(context) || operandValue(b, context),
  });
}

/** What comes of a value that is sent through functions. */
function piped<T, R>(a: Expr<T>, kind: Kind, functions: string, apply: (value: T) => R): Expr<R> {
  return new Expr(kind, {
    go: (place) => `${a.go(place)} | ${functions}`,
    evaluate: (context) => apply(a.evaluate(context)),
  });
}

/** At most so many characters of a name, with no dash at the end. Names are ASCII: Go counts bytes. */
export function shortened(name: Expr<string>, length: number): Expr<string> {
  return piped(name, 'word', `trunc ${length} | trimSuffix "-"`, (text) => text.slice(0, length).replace(/-$/, ''));
}

export function replaced(text: Expr<string>, from: string, to: Operand<string>): Expr<string> {
  return new Expr(text.kind, {
    go: (place) => `${text.go(place)} | replace ${JSON.stringify(from)} ${operandOf(to, place)}`,
    evaluate: (context) => text.evaluate(context).replaceAll(from, () => operandValue(to, context)),
  });
}

/** Sixty-four hexadecimal digits; with a length, the first of them. */
export function sha256(text: Expr<string>, length = 64): Expr<string> {
  const digest = (value: string) => createHash('sha256').update(value).digest('hex').slice(0, length);
  return piped(text, 'bare', length === 64 ? 'sha256sum' : `sha256sum | trunc ${length}`, digest);
}

/** Anything as JSON, as Go writes it. */
export function json(value: Expr<unknown>): Expr<string> {
  return piped(value, 'text', 'toJson', goJson);
}

/** The port at the end of an address; 0 where there is none. */
export function portOf(address: Expr<string>): Expr<number> {
  return new Expr('int', {
    go: (place) => `regexFind "[0-9]+$" ${address.operand(place)}`,
    evaluate: (context) => Number(/\d+$/.exec(address.evaluate(context))?.[0] ?? 0),
  });
}

/** Whether no word stands twice in a text of words with spaces between them. */
export function isEachOnce(words: Expr<string>): Expr<boolean> {
  return new Expr('bool', {
    go: (place) => {
      const list = `${words.operand(place)} | splitList " "`;
      return `eq (${list} | len) (${list} | uniq | len)`;
    },
    evaluate: (context) => {
      const list = words.evaluate(context).split(' ');
      return new Set(list).size === list.length;
    },
  });
}

/** A map without some of its keys. */
export function without<T extends object>(map: Expr<T>, ...keys: readonly (keyof T & string)[]): Expr<T> {
  return new Expr('map', {
    go: (place) => ['omit', map.operand(place), ...keys.map((key) => JSON.stringify(key))].join(' '),
    evaluate: (context) => {
      const entries = Object.entries(map.evaluate(context)).filter(
        ([key]) => !(keys as readonly string[]).includes(key),
      );
      return Object.fromEntries(entries) as T;
    },
  });
}

/** So many hundredths of a whole number, rounded down. */
export function percentOf(amount: Expr<number>, percent: number): Expr<number> {
  return new Expr('int', {
    go: (place) => `div (mul ${amount.operand(place)} ${percent}) 100`,
    evaluate: (context) => Math.floor((Math.trunc(amount.evaluate(context)) * percent) / 100),
  });
}

export function times(amount: Expr<number>, factor: number): Expr<number> {
  return new Expr('int', {
    go: (place) => `mul ${amount.operand(place)} ${factor}`,
    evaluate: (context) => Math.trunc(amount.evaluate(context)) * factor,
  });
}

/** Whether the cluster knows a kind of objects, as in `monitoring.coreos.com/v1/ServiceMonitor`. */
export function hasApi(version: string): Expr<boolean> {
  return new Expr('bool', {
    go: ({ root }) => `${dotted(root, 'Capabilities.APIVersions')}.Has ${JSON.stringify(version)}`,
    evaluate: ({ apiVersions }) => apiVersions.includes(version),
  });
}

/** A file of the chart, untouched by templates. */
export function fileText(path: string): Expr<string> {
  return new Expr('text', {
    go: ({ root }) => `${dotted(root, 'Files')}.Get ${JSON.stringify(path)}`,
    evaluate: ({ files }) => files.get(path) ?? '',
  });
}

/**
 * A password of forty letters and digits for a Secret's `data`: the one that the cluster has, else a new one. Only Helm
 * asks the cluster.
 */
export function keptSecret(secret: Expr<string>, key: Operand<string>): Expr<string> {
  return new Expr('text', {
    go: (place) => {
      const found = `lookup "v1" "Secret" ${dotted(place.root, 'Release.Namespace')} ${secret.operand(place)}`;
      return `dig "data" ${operandOf(key, place)} (randAlphaNum 40 | b64enc) (${found})`;
    },
    evaluate: () => '',
  });
}

/** What Helm says of the release and the chart. */
export const builtIn = {
  release: told('bare', 'Release.Name', ({ release }) => release.name),
  namespace: told('bare', 'Release.Namespace', ({ release }) => release.namespace),
  revision: told('int', 'Release.Revision', ({ release }) => release.revision),
  service: told('text', 'Release.Service', ({ release }) => release.service),
  chart: told('word', 'Chart.Name', ({ chart }) => chart.name),
  version: told('bare', 'Chart.Version', ({ chart }) => chart.version),
  appVersion: told('bare', 'Chart.AppVersion', ({ chart }) => chart.appVersion),
  values: told('map', 'Values', ({ values }) => values),
};

function told<T>(kind: Kind, path: string, evaluate: (context: Context) => T): Expr<T> {
  return new Expr(kind, { go: (place: Place) => dotted(place.root, path), evaluate });
}

/** A path from the root: `.Values.x`, in loops `$.Values.x`. */
export function dotted(root: Place['root'], path: string): string {
  return root === '.' ? `.${path}` : `$.${path}`;
}

/** Keys are sorted, and what could end a script is escaped, as encoding/json does. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicode);
  const entries = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${entries.map(([key, item]) => `${goJson(key)}:${goJson(item)}`).join()}}`;
}

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
