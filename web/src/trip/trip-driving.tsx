/** Hard manoeuvres and idling of a trip; each leads to its moment. */
import { useMemo } from 'react';
import type { TripDetail } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import type { Columns } from './columns.ts';
import type { Cursor } from './cursor.ts';
import { harshEvents, idlePeriods } from './driving.ts';

interface TripDrivingProps {
  readonly trip: TripDetail;
  readonly columns: Columns;
  readonly cursor: Cursor;
}

export function TripDriving({ trip, columns, cursor }: TripDrivingProps) {
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
    <section className="card" aria-labelledby="driving">
      <h2 id="driving">{t('trip.driving')}</h2>
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
      <small>{t('trip.harsh.rule')}</small>
    </section>
  );
}
