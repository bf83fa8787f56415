/** One trip, by its id. */
import { useEffect, useState } from 'react';
import type { TripDetail, TripEvent } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { Link, useQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useNow } from '../ui/use-now.ts';
import { MOST_POINTS } from './columns.ts';
import { TripView } from './trip-view.tsx';

/** A trip whose last event is younger may go on, milliseconds. */
const OVER_MS = 5 * 60_000;
/** How often what was added is asked for. */
const GROWS_MS = 15_000;

export function TripPage({ tripId }: { readonly tripId: string }) {
  const { t } = useText();
  const [query] = useQuery();
  const vehicle = query.get('vehicle');
  const which = vehicle === null ? '' : `vehicle=${encodeURIComponent(vehicle)}`;
  const [isDriven, setDriven] = useState(false);
  const everyMs = isDriven ? GROWS_MS : undefined;
  const trip = useData<TripDetail>(`/v1/trips/${tripId}?${which}`, everyMs);
  const end = Date.parse(trip.data?.ended_at ?? '');
  const now = useNow(GROWS_MS);
  useEffect(() => setDriven(now - end < OVER_MS), [now, end]);
  const events = useData<{ events: readonly TripEvent[] }>(
    trip.data === undefined ? null : `/v1/trips/${tripId}/events.json?max_points=${MOST_POINTS}&${which}`,
    everyMs,
  );
  const failed = trip.data === undefined ? trip : events.data === undefined ? events : undefined;
  if (trip.data === undefined || failed?.error !== undefined) {
    return failed?.error === undefined ? (
      <Skeleton height={120} count={4} />
    ) : (
      <Page title={t('trip.title')}>
        <Failure error={failed.error} onRetry={failed.reload} />
        <Link className="button" href="/trips">
          {t('trips.title')}
        </Link>
      </Page>
    );
  }
  return <TripView trip={trip.data} events={events.data?.events} onChanged={trip.reload} />;
}
