/** Named templates: what several manifests say alike, said once in `_helpers.tpl`. */
import { evaluate } from './evaluate.ts';
import { Expr } from './expression.ts';

/** A text that is called by its name, and needs no quotes: `image: {{ include "fleet.image" . }}`. */
export function defineWord(name: string, body: Expr<string>): Expr<string> {
  return define('word', name, body);
}

/** A text that is called by its name, and alone may look like a number. */
export function defineBare(name: string, body: Expr<string>): Expr<string> {
  return define('bare', name, body);
}

/** Entries of a map that are called by their name. */
export function defineEntries(name: string, body: Readonly<Record<string, unknown>>): Expr<object> {
  return define('map', name, body);
}

function define<T>(kind: DefinedKind, name: string, body: unknown): Expr<T> {
  return new Defined(kind, { name, body });
}

type DefinedKind = 'word' | 'bare' | 'map';

/** A call of a named template. */
export class Defined<out T> extends Expr<T> {
  constructor(kind: DefinedKind, definition: { readonly name: string; readonly body: unknown }) {
    super(kind, {
      go: (place) => {
        place.uses(definition);
        return `include ${JSON.stringify(definition.name)} ${place.root}`;
      },
      evaluate: (context) => evaluate(definition.body, context) as T,
    });
  }
}
