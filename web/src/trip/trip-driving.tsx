/** Hard manoeuvres and idling of a trip; each leads to its moment. */
import { useMemo } from 'react';
import type { TripDetail, TripEvent } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { useText } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { type Columns, columnsOf, MOST_POINTS } from './columns.ts';
import type { Cursor } from './cursor.ts';
import { DRIVING_SIGNALS, harshEvents, idlePeriods } from './driving.ts';

/** More than trips have, and still each signal from one source at a time. */
const EVERY_POINT = '1000000';

interface TripDrivingProps {
  readonly trip: TripDetail;
  /** What curves are made of: all events, or fewer of a long trip. */
  readonly columns: Columns;
  readonly cursor: Cursor;
}

export function TripDriving({ trip, columns: shown, cursor }: TripDrivingProps) {
  const { t } = useText();
  const { columns, error, reload } = useEverySecond(trip, shown);
  return (
    <section className="card" aria-labelledby="driving">
      <h2 id="driving">{t('trip.driving')}</h2>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {columns && <Moments trip={trip} columns={columns} cursor={cursor} />}
      {columns === undefined && error === undefined && <Skeleton height={44} count={2} />}
      <small>{t('trip.harsh.rule')}</small>
    </section>
  );
}

/** A long trip's curves leave out what lies between extremes. What it says of single seconds needs all of them. */
function useEverySecond({ trip_id, vehicle, event_count, signals }: TripDetail, shown: Columns) {
  const fields = useMemo(() => DRIVING_SIGNALS.filter((signal) => signals.includes(signal)), [signals]);
  const query = new URLSearchParams({ vehicle, max_points: EVERY_POINT, fields: fields.join(',') });
  const isWhole = event_count <= MOST_POINTS || fields.length === 0;
  const path = isWhole ? null : `/v1/trips/${trip_id}/events.json?${query}`;
  const { data, error, reload } = useData<{ events: readonly TripEvent[] }>(path);
  const all = useMemo(() => data && columnsOf(data.events, fields), [data, fields]);
  return { columns: isWhole ? shown : all, error, reload };
}

function Moments({ trip, columns, cursor }: TripDrivingProps) {
  const { t, format } = useText();
  const moments = useMemo(() => {
    const harsh = harshEvents(columns).map(({ kind, time, peak_mps2 }) => ({
      time,
      text: t(`trip.harsh.${kind}`),
      value: format.signal('accel_long_mps2', peak_mps2),
    }));
    const idle = idlePeriods(columns).map(({ time, seconds }) => ({
      time,
      text: t('trip.idle', { duration: format.duration(seconds) }),
      value: '',
    }));
    return { harsh, all: [...harsh, ...idle].sort((a, b) => a.time - b.time) };
  }, [columns, t, format]);
  return (
    <>
      {moments.harsh.length === 0 && <p>{t('trip.harsh.none')}</p>}
      <ul className="moments">
        {moments.all.map(({ time, text, value }) => (
          <li key={`${time} ${text}`}>
            <button type="button" onClick={() => cursor.set(time)}>
              <span className="number soft">{format.clockSeconds(time, trip.time_zone)}</span>
              <span>{text}</span>
              <span className="number">{value}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
