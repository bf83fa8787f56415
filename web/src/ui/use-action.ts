/** Something that a person does and that may fail. */
import { useState } from 'react';

export interface Action {
  readonly busy: boolean;
  readonly error: unknown;
  /** Does it, unless it is being done. */
  readonly run: (work: () => Promise<void>) => void;
}

export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    work()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return { busy, error, run };
}
