/** Named templates: what several manifests say alike, said once in `_helpers.tpl`. */
import { evaluate } from './evaluate.ts';
import { Expr } from './expression.ts';

/** A text that is called by its name. It is a word: `name: {{ include "fleet.fullname" . }}`. */
export function defineWord(name: string, body: Expr<string>): Expr<string> {
  return define('word', name, body);
}

/** Entries of a map that are called by their name. */
export function defineEntries(name: string, body: Readonly<Record<string, unknown>>): Expr<object> {
  return define('map', name, body);
}

function define<T>(kind: 'word' | 'map', name: string, body: unknown): Expr<T> {
  return new Defined(kind, { name, body });
}

/** A call of a named template. */
export class Defined<out T> extends Expr<T> {
  constructor(kind: 'word' | 'map', definition: { readonly name: string; readonly body: unknown }) {
    super(kind, {
      go: (place) => {
        place.uses(definition);
        return `include ${JSON.stringify(definition.name)} ${place.root}`;
      },
      evaluate: (context) => evaluate(definition.body, context) as T,
    });
  }
}
