/** A slider over the trip's time: the cursor for keyboards, fingers and screen readers. */
import type { TripDetail } from '../api/types.ts';
import { useText } from '../text/use-text.ts';
import { type Columns, valueAt } from './columns.ts';
import { type Cursor, useCursorTime } from './cursor.ts';

interface TripScrubberProps {
  readonly trip: TripDetail;
  readonly columns: Columns;
  readonly cursor: Cursor;
}

export function TripScrubber({ trip, columns, cursor }: TripScrubberProps) {
  const { t, format } = useText();
  const begin = Date.parse(trip.started_at);
  const time = useCursorTime(cursor);
  const clock = format.clockSeconds(time ?? begin, trip.time_zone);
  const speed = time === null ? undefined : valueAt(columns, 'speed_kph', time);
  const said = speed === undefined ? clock : `${clock}, ${format.speed(speed)}`;
  return (
    <div className="scrubber">
      <input
        type="range"
        aria-label={t('trip.cursor')}
        aria-valuetext={said}
        min={0}
        max={Math.max(1, Math.round(trip.duration_s))}
        value={time === null ? 0 : Math.round((time - begin) / 1_000)}
        onChange={(event) => cursor.set(begin + event.target.valueAsNumber * 1_000)}
      />
      <output className="number">{said}</output>
    </div>
  );
}
