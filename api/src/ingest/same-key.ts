/** What happens when an event comes whose key is taken: the one rule that every store applies. */
import type { SignalValues } from '@fleet/contract';

/** What of an event two of the same key are compared by. */
interface Content {
  readonly ts: number;
  readonly values: SignalValues;
  readonly dtcs?: readonly string[] | undefined;
}

/** The same event again, perhaps with more in it, or another one under its key. */
export type Meeting =
  | { readonly kind: 'other' }
  | {
      readonly kind: 'same';
      /** The values of both, where the newcomer had some that the first lacked; null where it had none. */
      readonly completed: { readonly values: SignalValues; readonly dtcs: readonly string[] | undefined } | null;
      /** Signals for which the two differ; the first one's value stands. */
      readonly differing: number;
    };

/** Compares a stored event with a newcomer of the same key. */
export function meet(stored: Content, newcomer: Content): Meeting {
  if (stored.ts !== newcomer.ts) return { kind: 'other' };
  const names = Object.keys(newcomer.values);
  const lacking = names.some((name) => !Object.hasOwn(stored.values, name));
  const differing = names.filter(
    (name) => Object.hasOwn(stored.values, name) && stored.values[name] !== newcomer.values[name],
  ).length;
  const dtcs = stored.dtcs ?? newcomer.dtcs;
  const grown = lacking || dtcs !== stored.dtcs;
  return {
    kind: 'same',
    completed: grown ? { values: { ...newcomer.values, ...stored.values }, dtcs } : null,
    differing,
  };
}
