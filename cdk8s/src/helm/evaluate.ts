/** The second back end: a template becomes a plain object, as Helm would have made it. */
import { type Context, Expr, isTrue } from './expression.ts';
import { Commented, Each, EachEntry, Merge, Spread, When } from './template.ts';

/** What is left out. */
const NOTHING = Symbol('nothing');
type Nothing = typeof NOTHING;

/** The value of a template; undefined where nothing is left of it. */
export function evaluate(template: unknown, context: Context): unknown {
  const value = nodeValue(template, context);
  return value === NOTHING ? undefined : value;
}

function nodeValue(node: unknown, context: Context): unknown {
  if (node instanceof Expr) return exprValue(node, context);
  if (node instanceof When) {
    const chosen = isTrue(node.condition.evaluate(context)) ? node.value : node.otherwise;
    return chosen === undefined ? NOTHING : nodeValue(chosen, context);
  }
  if (node instanceof Commented) return nodeValue(node.value, context);
  if (node instanceof Merge) return mergeValue(node, context);
  if (Array.isArray(node)) return listValue(node, context);
  return node !== null && typeof node === 'object' ? mapValue(node, context) : node;
}

function exprValue(expr: Expr<unknown>, context: Context): unknown {
  const value = expr.evaluate(context);
  if (expr.kind === 'int') return Math.trunc(Number(value));
  return ['text', 'bare', 'word'].includes(expr.kind) ? `${value ?? ''}` : value;
}

/** A list or map of which nothing is left is left out, unless it was meant to be empty. */
function unlessEmpty<T extends object>(value: T, wasEmpty: boolean): T | Nothing {
  return wasEmpty || Object.keys(value).length > 0 ? value : NOTHING;
}

function mapValue(map: object, context: Context): unknown {
  const entries = Object.entries(map).map(([key, item]) => [key, nodeValue(item, context)] as const);
  return unlessEmpty(Object.fromEntries(entries.filter(([, value]) => value !== NOTHING)), entries.length === 0);
}

function mergeValue({ parts }: Merge, context: Context): unknown {
  const maps = parts
    .map((part) => (part instanceof EachEntry ? entriesOf(part, context) : nodeValue(part, context)))
    .filter((value) => value !== NOTHING);
  return unlessEmpty(Object.assign({}, ...maps) as object, false);
}

function entriesOf({ list, local, key, value }: EachEntry, context: Context): object {
  const entries = list.evaluate(context).map((one) => {
    const inner = { ...context, locals: { ...context.locals, [local]: one } };
    return [key, value].map((expr) => exprValue(expr, inner));
  });
  return Object.fromEntries(entries) as object;
}

function listValue(list: readonly unknown[], context: Context): unknown {
  return unlessEmpty(
    list.flatMap((item) => itemsOf(item, context)),
    list.length === 0,
  );
}

function itemsOf(item: unknown, context: Context): unknown[] {
  if (item instanceof Spread) return [...item.list.evaluate(context)];
  if (item instanceof Each) {
    return item.list.evaluate(context).flatMap((one) => {
      return itemsOf(item.item, { ...context, locals: { ...context.locals, [item.local]: one } });
    });
  }
  const value = nodeValue(item, context);
  return value === NOTHING ? [] : [value];
}
