/** The curves of a trip, one below the other, with one cursor and one stretch of time. */
import { useMemo } from 'react';
import type { TripDetail } from '../api/types.ts';
import { patchQuery, useQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import type { Columns } from './columns.ts';
import type { Cursor } from './cursor.ts';
import { Curve, type Stretch } from './curve.tsx';

/** Shown at first, as far as the trip has them. */
const FIRST = ['speed_kph', 'gps_speed_kph', 'rpm', 'altitude_m', 'coolant_c', 'battery_v', 'soc_pct'];
const FIRST_COUNT = 3;
/** A track says more of these than a curve. */
const NO_CURVES = ['lat', 'lon'];

interface TripCurvesProps {
  readonly trip: TripDetail;
  readonly columns: Columns;
  readonly cursor: Cursor;
}

export function TripCurves({ trip, columns, cursor }: TripCurvesProps) {
  const { t, label } = useText();
  const [query] = useQuery();
  const stretch = useMemo(linkedStretch, []);
  const signals = trip.signals.filter((signal) => !NO_CURVES.includes(signal));
  const wanted = query.get('curves')?.split(',');
  const shown = signals.filter((signal) => (wanted ?? firstOf(signals)).includes(signal));
  const toggle = (signal: string) => {
    const next = signals.filter((each) => (each === signal) !== shown.includes(each));
    patchQuery({ curves: next.length === 0 ? 'none' : next.join(',') });
  };
  return (
    <section className="card" aria-labelledby="curves">
      <h2 id="curves">{t('trip.curves')}</h2>
      <div className="chips">
        {signals.map((signal) => (
          <button
            key={signal}
            type="button"
            className="chip"
            aria-pressed={shown.includes(signal)}
            onClick={() => toggle(signal)}
          >
            {label(signal)}
          </button>
        ))}
      </div>
      {shown.map((signal) => (
        <Curve
          key={signal}
          signal={signal}
          columns={columns}
          cursor={cursor}
          stretch={stretch}
          timeZone={trip.time_zone}
        />
      ))}
    </section>
  );
}

/** A stretch that is in the address: seconds since 1970, from and to. */
function linkedStretch(): Stretch {
  const [min = Number.NaN, max = Number.NaN] = (new URLSearchParams(location.search).get('zoom') ?? '')
    .split('~')
    .map(Number);
  return {
    plots: new Set(),
    zoom: min < max ? { min, max } : null,
    onZoom: (zoom) => patchQuery({ zoom: zoom && `${Math.round(zoom.min)}~${Math.round(zoom.max)}` }),
  };
}

function firstOf(signals: readonly string[]): readonly string[] {
  const known = FIRST.filter((signal) => signals.includes(signal));
  return (known.length > 0 ? known : signals).slice(0, FIRST_COUNT);
}
