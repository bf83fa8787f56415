/** Does something again and again, never twice at a time. */
export interface Job {
  /** Stops it; resolves when what was begun is done. */
  stop(): Promise<void>;
}

/** Does the work at once where `first` says so, then so long after each time it is done. */
export function every(
  ms: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
  first: 'now' | 'later' = 'later',
): Job {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const run = () => {
    running = work()
      .catch(onError)
      .then(() => {
        if (!stopped) timer = setTimeout(run, ms).unref();
      });
  };
  if (first === 'now') run();
  else timer = setTimeout(run, ms).unref();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
