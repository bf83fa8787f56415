/** The trips of a filter, page by page, as far as somebody has scrolled; kept, so that going back is where one was. */
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { ask } from '../api/client.ts';
import type { Trip, TripPage } from '../api/types.ts';

export interface TripPages {
  readonly trips: readonly Trip[];
  /** Whether there is anything left to ask for. */
  readonly complete: boolean;
  readonly loading: boolean;
  readonly error: unknown;
}

const PAGE_SIZE = 200;
/** New trips, and what happens to those that are still driven, appear by themselves so often. */
const LOOK_EVERY_MS = 15_000;
const NOTHING: TripPages = { trips: [], complete: false, loading: false, error: undefined };
const kept = new Map<string, TripPages & { readonly cursor: string | null }>();
const listeners = new Set<() => void>();

/** `filter` is the query that both the page and the API know: vehicle, from, to. */
export function useTripPages(filter: string): TripPages & { readonly more: () => void } {
  const pages = useSyncExternalStore(
    subscribe,
    useCallback(() => kept.get(filter) ?? NOTHING, [filter]),
  );
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void refresh(filter);
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [filter]);
  const more = useCallback(() => void loadMore(filter), [filter]);
  return { ...pages, more };
}

/** Forgets all pages: trips were changed. */
export function forgetTrips(): void {
  kept.clear();
  for (const listener of listeners) listener();
}

/** The first page anew: new trips come in front of those that are there. */
async function refresh(filter: string): Promise<void> {
  const before = kept.get(filter);
  if (before === undefined || before.error !== undefined) return loadMore(filter);
  if (before.loading) return;
  try {
    const page = await pageOf(filter, null);
    const now = kept.get(filter) ?? before;
    if (page.next_cursor === null || now.trips.length <= PAGE_SIZE) return put(filter, firstPage(page));
    const fresh = new Set(page.trips.map(keyOf));
    const end = page.trips.at(-1)?.started_at ?? '';
    const older = now.trips.filter((trip) => !fresh.has(keyOf(trip)) && trip.started_at < end);
    put(filter, { ...now, trips: [...page.trips, ...older] });
  } catch {
    // What was there is shown on; scrolling, coming back or the next look tries again.
  }
}

function firstPage({ trips, next_cursor }: TripPage): TripPages & { readonly cursor: string | null } {
  return { ...NOTHING, trips, cursor: next_cursor, complete: next_cursor === null };
}

async function loadMore(filter: string): Promise<void> {
  const before = kept.get(filter) ?? { ...NOTHING, cursor: null };
  if (before.loading || before.complete) return;
  put(filter, { ...before, loading: true, error: undefined });
  try {
    const { trips, next_cursor } = await pageOf(filter, before.cursor);
    const known = new Set(before.trips.map(keyOf));
    const added = trips.filter((trip) => !known.has(keyOf(trip)));
    put(filter, {
      trips: [...before.trips, ...added],
      cursor: next_cursor,
      complete: next_cursor === null,
      loading: false,
      error: undefined,
    });
  } catch (error) {
    put(filter, { ...before, loading: false, error });
  }
}

function pageOf(filter: string, cursor: string | null): Promise<TripPage> {
  const query = new URLSearchParams(filter);
  query.set('limit', `${PAGE_SIZE}`);
  if (cursor !== null) query.set('cursor', cursor);
  return ask<TripPage>(`/v1/trips?${query}`);
}

function keyOf({ trip_id, vehicle }: Trip): string {
  return `${trip_id} ${vehicle}`;
}

function put(filter: string, pages: TripPages & { readonly cursor: string | null }): void {
  kept.set(filter, pages);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
