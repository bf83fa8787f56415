/**
 * What an event measured, in columns: names beside numbers. Events of a drive name the same signals in the same order, and
 * share one array of names, so whatever depends on the names alone is worked out once for all of them.
 * @see docs/adr/0015-events-are-read-from-bytes.md
 */
import type { SignalValues } from '@fleet/contract';

/** `numbers[i]` is the value of the signal `names[i]`; no name is there twice. */
export interface Measured {
  readonly names: readonly string[];
  readonly numbers: readonly number[];
}

/** The same in columns. */
export function measuredOf(values: SignalValues): Measured {
  return { names: Object.keys(values), numbers: Object.values(values) };
}

/** The same as an object. */
export function valuesOf({ names, numbers }: Measured): SignalValues {
  const values: Record<string, number> = {};
  for (let index = 0; index < names.length; index++) values[names[index] as string] = numbers[index] as number;
  return values;
}

/** Works something out from names, and remembers it, unless it is undefined, for as long as the array of names is used. */
export function rememberedByNames<T>(work: (names: readonly string[]) => T): (names: readonly string[]) => T {
  const known = new WeakMap<readonly string[], T>();
  let last: { readonly names: readonly string[]; readonly result: T } | undefined;
  return (names) => {
    if (names === last?.names) return last.result;
    const result = known.get(names) ?? work(names);
    if (result === undefined) return result;
    known.set(names, result);
    last = { names, result };
    return result;
  };
}
