/** A trip in numbers. */
import { useMemo } from 'react';
import type { TripDetail } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import type { Columns } from './columns.ts';

/** Smaller ups and downs are noise of the receiver, metres. */
const CLIMB_STEP_M = 5;

interface TripStatisticsProps {
  readonly trip: TripDetail;
  readonly columns: Columns | undefined;
}

export function TripStatistics({ trip, columns }: TripStatisticsProps) {
  const { t, format } = useText();
  const { distance_km, duration_s, moving_s, max_speed_kph } = trip;
  const climb = useMemo(() => columns && climbOf(columns.values['altitude_m'] ?? []), [columns]);
  const mean = moving_s > 0 ? distance_km / (moving_s / 3_600) : null;
  const facts: readonly (readonly [string, string | null])[] = [
    [t('trip.distance'), format.distance(distance_km)],
    [t('trip.duration'), format.duration(duration_s)],
    [t('trip.moving'), format.duration(moving_s)],
    [t('trip.standing'), format.duration(Math.max(0, duration_s - moving_s))],
    [t('trip.mean'), mean === null ? null : format.speed(mean)],
    [t('trip.max'), max_speed_kph === null ? null : format.speed(max_speed_kph)],
    [t('trip.ascent'), climb ? format.signal('altitude_m', climb) : null],
  ];
  return (
    <section className="card" aria-labelledby="statistics">
      <h2 id="statistics">{t('trip.statistics')}</h2>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="number">{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

/** All that it went up, in metres. */
function climbOf(altitudes: readonly (number | undefined)[]): number {
  let climb = 0;
  let anchor: number | undefined;
  for (const altitude of altitudes) {
    if (altitude === undefined) continue;
    anchor ??= altitude;
    if (Math.abs(altitude - anchor) < CLIMB_STEP_M) continue;
    climb += Math.max(0, altitude - anchor);
    anchor = altitude;
  }
  return climb;
}
