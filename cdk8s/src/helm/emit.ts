/** The first back end: a template becomes a text in Go's template language, as a person would write it. */
import { Defined } from './definition.ts';
import { Expr, type Place } from './expression.ts';
import { type Condition, or } from './operators.ts';
import { Commented, Each, EachEntry, type Line, Lines, Merge, Spread, When } from './template.ts';
import { inlineOf, literal, Text } from './text.ts';
import { dashed, isPlain } from './yaml.ts';

/** The lines of a map, a list or a scalar, from a column on. */
export function emit(node: unknown, place: Place, column = 0): string[] {
  if (node instanceof Commented) return [comment(node, column), ...emit(node.value, place, column)];
  if (node instanceof When) return branch(node, place, column, (value) => emit(value, place, column));
  if (node instanceof Merge) return node.parts.flatMap((part) => mergePart(part, place, column));
  if (node instanceof Defined && isBlock(node)) return mergePart(node, place, column);
  if (isBlock(node)) return [line(column, `{{- toYaml ${node.operand(place)} | nindent ${column} }}`)];
  if (isScalar(node)) return [line(column, scalar(node, place))];
  if (Array.isArray(node)) return node.flatMap((item) => items(item, place, column));
  return Object.entries(node as object).flatMap(([key, value]) => entry(key, value, place, column));
}

/** The lines of a file: a text with conditions between its lines. */
export function emitLines(lines: readonly Line[], place: Place, column: number): string[] {
  return lines.flatMap((one) => {
    const inner = (value: unknown, at: Place) => emitLines(value as readonly Line[], at, column);
    if (one instanceof When) return branch(one, place, column, inner);
    if (one instanceof Each) return loop(one, place, column, inner);
    return [line(column, one instanceof Expr ? inlineOf(one, place) : literal(one))];
  });
}

function entry(key: string, value: unknown, place: Place, column: number): string[] {
  const name = isPlain(key) ? key : literal(JSON.stringify(key));
  if (value instanceof Commented) return [comment(value, column), ...entry(key, value.value, place, column)];
  if (value instanceof When) return branch(value, place, column, (inner, at) => entry(key, inner, at, column));
  if (value instanceof Lines) return [line(column, `${name}: |`), ...emitLines(value.lines, place, column + 2)];
  if (isScalar(value)) return [line(column, `${name}: ${scalar(value, place)}`)];
  if (isEmpty(value)) return [line(column, `${name}: ${JSON.stringify(value)}`)];
  if (isOneCondition(value)) return branch(value[0], place, column, (inner, at) => entry(key, [inner], at, column));
  return unlessNothing(value, place, column, () => [line(column, `${name}:`), ...emit(value, place, column + 2)]);
}

function items(item: unknown, place: Place, column: number): string[] {
  if (item instanceof Commented) return [comment(item, column), ...items(item.value, place, column)];
  if (item instanceof When) return branch(item, place, column, (inner, at) => items(inner, at, column));
  if (item instanceof Spread) return withValue(item.list, place, column);
  if (item instanceof Each) return loop(item, place, column, (inner, at) => items(inner, at, column));
  if (isEmpty(item)) return [line(column, `- ${JSON.stringify(item)}`)];
  const lines = emit(item, place, column + 2);
  if (lines[0]?.trimStart().startsWith('{{-'))
    throw new Error(`an item must begin with what is always there: ${lines}`);
  return dashed(lines, column);
}

/** Lines that depend on a condition. What depends on its own value has it as the dot. */
function branch(
  { condition, value, otherwise }: When<unknown>,
  place: Place,
  column: number,
  inner: (value: unknown, place: Place) => string[],
): string[] {
  const isItself = condition === value;
  const dot = new Expr(condition.kind, { go: () => '.', evaluate: () => undefined });
  const yes = isItself ? inner(dot, place) : inner(value, place);
  const no = otherwise === undefined ? [] : [line(column, '{{- else }}'), ...inner(otherwise, place)];
  return block(`${isItself ? 'with' : 'if'} ${condition.go(place)}`, column, [...yes, ...no]);
}

function withValue(value: Expr<unknown>, place: Place, column: number): string[] {
  return block(`with ${value.go(place)}`, column, [line(column, `{{- toYaml . | nindent ${column} }}`)]);
}

/** Lines for each one of a list. */
function loop<V>(
  { list, local, item }: Pick<Each<V>, 'list' | 'local' | 'item'>,
  place: Place,
  column: number,
  inner: (item: V, place: Place) => string[],
) {
  return block(`range $${local} := ${list.go(place)}`, column, inner(item, { ...place, root: '$' }));
}

/** Lines between an action that begins a block, and its end. */
function block(action: string, column: number, lines: readonly string[]): string[] {
  return [line(column, `{{- ${action} }}`), ...lines, line(column, '{{- end }}')];
}

function mergePart(part: unknown, place: Place, column: number): string[] {
  if (part instanceof Defined) return [line(column, `{{- ${part.go(place)} | nindent ${column} }}`)];
  if (part instanceof Expr) return withValue(part, place, column);
  if (part instanceof EachEntry)
    return loop({ ...part, item: part }, place, column, ({ key, value }, at) => [
      line(column, `${inlineOf(key, at)}: ${scalar(value, at)}`),
    ]);
  return emit(part, place, column);
}

/** A list of one item that may not be there goes with it. */
function isOneCondition(value: unknown): value is readonly [When<unknown>] {
  return Array.isArray(value) && value.length === 1 && value[0] instanceof When && value[0].otherwise === undefined;
}

/** A key with nothing under it would be null: it is left out when all that it has may be left out. */
function unlessNothing(value: unknown, place: Place, column: number, lines: () => string[]): string[] {
  const conditions = conditionsOf(value);
  if (conditions === undefined) return lines();
  const condition = conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : or(...conditions);
  return block(`if ${condition.go(place)}`, column, lines());
}

/** On which conditions anything is there; undefined where something always is. */
function conditionsOf(node: unknown): readonly Condition[] | undefined {
  if (node instanceof Commented) return conditionsOf(node.value);
  if (node instanceof When) return node.otherwise === undefined ? [node.condition] : undefined;
  if (node instanceof Each || node instanceof Spread) return [node.list];
  if (node instanceof Expr) return undefined;
  if (node instanceof Merge) return allOf(node.parts.map((part) => mergeConditions(part)));
  if (node === null || typeof node !== 'object' || isEmpty(node)) return undefined;
  return allOf(Object.values(node).map(conditionsOf));
}

function mergeConditions(part: unknown): readonly Condition[] | undefined {
  if (part instanceof EachEntry) return [part.list];
  return part instanceof Expr && !(part instanceof Defined) ? [part] : conditionsOf(part);
}

function allOf(conditions: readonly (readonly Condition[] | undefined)[]): readonly Condition[] | undefined {
  return conditions.includes(undefined) ? undefined : conditions.flatMap((one) => one ?? []);
}

/** A scalar as it stands on its line. */
function scalar(value: unknown, place: Place): string {
  if (!(value instanceof Expr)) return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
  if (value instanceof Text && value.kind === 'word') return value.inline(place);
  if (value instanceof Text && value.kind === 'bare') return `"${value.inline(place)}"`;
  switch (value.kind) {
    case 'int':
      return `{{ ${value.go(place)} | int64 }}`;
    case 'text':
    case 'bare':
      return `{{ ${value.go(place)} | quote }}`;
    default:
      return `{{ ${value.go(place)} }}`;
  }
}

function quoted(text: string): string {
  return literal(isPlain(text) ? text : JSON.stringify(text));
}

/** Whether it stands on the line of its key. */
function isScalar(value: unknown): boolean {
  return value instanceof Expr ? !isBlock(value) : value === null || typeof value !== 'object';
}

/** Whether it is a map or a list of which only the values know more. */
function isBlock(value: unknown): value is Expr<unknown> {
  return value instanceof Expr && (value.kind === 'map' || value.kind === 'list');
}

function isEmpty(value: unknown): boolean {
  if (value instanceof Expr || value instanceof Merge || value instanceof When || value instanceof Each) return false;
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0;
}

function comment({ comment: words }: Commented<unknown>, column: number): string {
  return line(column, `{{- /* ${words} */}}`);
}

function line(column: number, content: string): string {
  return content === '' ? '' : ' '.repeat(column) + content;
}
