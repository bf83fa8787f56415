/** Answers of the API in components: kept, so that going back shows them at once, and asked for anew behind that. */
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { ApiError, ask } from './client.ts';

export interface Answer<T> {
  /** The newest good answer. */
  readonly data: T | undefined;
  /** What went wrong with the newest try. */
  readonly error: ApiError | undefined;
}

export interface Data<T> extends Answer<T> {
  readonly reload: () => void;
}

/** So many answers are kept, the newest: more than any page asks for, and less than fills a phone. */
const MOST_KEPT = 40;

/** While the server can't be reached it is asked again so often. */
const AGAIN_MS = 5_000;

const NOTHING: Answer<never> = { data: undefined, error: undefined };
const answers = new Map<string, Answer<unknown>>();
const listeners = new Set<() => void>();

/** The answer at a path; null asks nothing. Asked anew every `everyMs`, if given, and when the server is back. */
export function useData<T>(path: string | null, everyMs?: number): Data<T> {
  const read = useCallback(() => (path === null ? NOTHING : (answers.get(path) ?? NOTHING)), [path]);
  const answer = useSyncExternalStore(subscribe, read) as Answer<T>;
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    if (path === null) return;
    const controller = new AbortController();
    void load(path, controller.signal);
    return () => controller.abort();
  }, [path, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  const isAway = answer.error?.slug === 'offline';
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(reload, AGAIN_MS);
    addEventListener('online', reload);
    return () => {
      clearInterval(timer);
      removeEventListener('online', reload);
    };
  }, [isAway, reload]);
  return { ...answer, reload };
}

const early = new Map<string, Promise<unknown>>();

/** Asks before any component is there: whichever asks first gets this answer. */
export function askEarly(path: string): void {
  const answer = ask<unknown>(path);
  answer.catch(() => {});
  early.set(path, answer);
}

/** Forgets everything: somebody else is signed in. */
export function forgetAnswers(): void {
  answers.clear();
  tell();
}

async function load(path: string, signal: AbortSignal): Promise<void> {
  try {
    const asked = early.get(path) ?? ask<unknown>(path, { signal });
    early.delete(path);
    put(path, { data: await asked, error: undefined });
  } catch (error) {
    if (signal.aborted) return;
    const known = error instanceof ApiError ? error : new ApiError('unknown', String(error));
    put(path, { data: answers.get(path)?.data, error: known });
  }
}

function put(path: string, answer: Answer<unknown>): void {
  answers.delete(path);
  answers.set(path, answer);
  const oldest = answers.size > MOST_KEPT ? answers.keys().next().value : undefined;
  if (oldest !== undefined) answers.delete(oldest);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
