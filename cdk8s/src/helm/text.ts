/** Texts with values in them: names, addresses, files of lines. */
import { type Context, Expr, isTrue, type Kind, type Place, printed, printedValue } from './expression.ts';
import type { Condition } from './operators.ts';
import { isPlain } from './yaml.ts';

/** A piece of a text. */
export type Piece = string | number | Expr<string> | Expr<number>;

/** A text with values in it, which a template may show as it will look. */
export class Text extends Expr<string> {
  readonly #pieces: readonly (string | Expr<unknown>)[];

  constructor(pieces: readonly Piece[]) {
    const parts = pieces
      .map((piece) => (typeof piece === 'number' ? `${piece}` : piece))
      .filter((piece) => piece !== '');
    super(kindOf(parts), {
      go: (place) => (parts.length === 1 && parts[0] instanceof Expr ? printed(parts[0], place) : printf(parts, place)),
      evaluate: (context) => parts.map((part) => (part instanceof Expr ? printedValue(part, context) : part)).join(''),
    });
    this.#pieces = parts;
  }

  /** As it stands in a template, with values between braces. */
  inline(place: Place): string {
    return this.#pieces.map((piece) => inlineOf(piece, place)).join('');
  }
}

/** A text with values in it: `` text`${name}-api` ``. */
export function text(strings: TemplateStringsArray, ...values: readonly Piece[]): Text {
  return new Text(strings.flatMap((string, index) => [string, ...values.slice(index, index + 1)]));
}

/** One of two texts. */
export class Choice extends Expr<string> {
  readonly #condition: Condition;
  readonly #yes: Piece;
  readonly #no: Piece;

  constructor(condition: Condition, yes: Piece, no: Piece) {
    const chosen = (context: Context) => (isTrue(condition.evaluate(context)) ? yes : no);
    super('bare', {
      go: () => {
        throw new Error('a choice stands in the body of a named template, where it is shown');
      },
      evaluate: (context) => new Text([chosen(context)]).evaluate(context),
    });
    this.#condition = condition;
    this.#yes = yes;
    this.#no = no;
  }

  inline(place: Place): string {
    const [yes, no] = [this.#yes, this.#no].map((piece) => new Text([piece]).inline(place));
    const otherwise = no === '' ? '' : `{{ else }}${no}`;
    return `{{ if ${this.#condition.go(place)} }}${yes}${otherwise}{{ end }}`;
  }
}

/** The first text where a condition holds, else the second. */
export function choose(condition: Condition, yes: Piece, no: Piece): Choice {
  return new Choice(condition, yes, no);
}

/** A word for each one of a list, each with a space after it. */
export class Words extends Expr<string> {
  readonly #list: Expr<readonly unknown[]>;
  readonly #local: string;
  readonly #word: Expr<string>;

  constructor(list: Expr<readonly unknown[]>, local: string, word: Expr<string>) {
    super('bare', {
      go: () => {
        throw new Error('words stand in the body of a named template, where they are shown');
      },
      evaluate: (context) =>
        list
          .evaluate(context)
          .map((one) => `${word.evaluate({ ...context, locals: { ...context.locals, [local]: one } })} `)
          .join(''),
    });
    this.#list = list;
    this.#local = local;
    this.#word = word;
  }

  inline(place: Place): string {
    const word = inlineOf(this.#word, { ...place, root: '$' });
    return `{{ range $${this.#local} := ${this.#list.go(place)} }}${word} {{ end }}`;
  }
}

/** How a piece stands in a template. */
export function inlineOf(piece: string | Expr<unknown>, place: Place): string {
  if (piece instanceof Text || piece instanceof Choice || piece instanceof Words) return piece.inline(place);
  return piece instanceof Expr ? `{{ ${printed(piece, place)} }}` : literal(piece);
}

/** A text of a template that is no action, whatever it looks like. */
export function literal(value: string): string {
  return value.replaceAll('{{', '{{ "{{" }}');
}

function printf(parts: readonly (string | Expr<unknown>)[], place: Place): string {
  const format = parts.map((part) => (part instanceof Expr ? verbOf(part) : part.replaceAll('%', '%%'))).join('');
  const values = parts.flatMap((part) => (part instanceof Expr ? [argument(part, place)] : []));
  return [`printf ${JSON.stringify(format)}`, ...values].join(' ');
}

function verbOf({ kind }: Expr<unknown>): string {
  return kind === 'int' ? '%d' : '%s';
}

function argument(expr: Expr<unknown>, place: Place): string {
  return expr.kind === 'int' ? `(int64 ${expr.operand(place)})` : expr.operand(place);
}

/** Values without anything odd in them make a word, if what stands around them does. */
function kindOf(parts: readonly (string | Expr<unknown>)[]): Kind {
  const samples = parts.map((part) => (part instanceof Expr ? SAMPLES[part.kind] : part));
  const sample = samples.join('');
  if (samples.includes(undefined) || !/^[\w.:/@=+-]*$/.test(sample)) return 'text';
  return isPlain(sample) ? 'word' : 'bare';
}

/** What values of kinds may look like at worst. */
const SAMPLES: Readonly<Partial<Record<Kind, string>>> = { word: 'a', bare: '1', int: '1' };
