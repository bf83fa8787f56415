/** What happens when an event comes whose key is taken: the one rule that every store applies. */
import { isSignalName, MAX_CUSTOM_SIGNALS, type SignalValues } from '@fleet/contract';

/** What of an event two of the same key are compared by. */
interface Content {
  readonly ts: number;
  readonly values: SignalValues;
  readonly dtcs?: readonly string[] | undefined;
}

/** The same event again, perhaps with more in it, or another one under its key. */
export type Meeting =
  | { readonly kind: 'other' }
  /** The two together have more custom signals than an event may: the first one stays as it is. */
  | { readonly kind: 'too-much' }
  | {
      readonly kind: 'same';
      /** The values of both, where the newcomer had some that the first lacked; null where it had none. */
      readonly completed: { readonly values: SignalValues; readonly dtcs: readonly string[] | undefined } | null;
      /** Signals for which the two differ; the first one's value stands. */
      readonly differing: number;
    };

/** Why an event is refused that would be too much together with the one at its key. */
export const TOO_MUCH = `has, together with what is stored at its key, more than ${MAX_CUSTOM_SIGNALS} custom signals`;

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
  if (!grown) return { kind: 'same', completed: null, differing };
  const values = { ...newcomer.values, ...stored.values };
  const custom = Object.keys(values).filter((name) => !isSignalName(name)).length;
  if (custom > MAX_CUSTOM_SIGNALS) return { kind: 'too-much' };
  return { kind: 'same', completed: { values, dtcs }, differing };
}
