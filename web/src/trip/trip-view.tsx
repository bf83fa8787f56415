/** A trip as it is shown: its track, its curves, its numbers, and what is missing of it. */
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { TripDetail, TripEvent } from '../api/types.ts';
import { DEMO } from '../demo/replay.ts';
import { patchQuery, useQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { useTitle } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { type Columns, columnsOf } from './columns.ts';
import { type Cursor, createCursor } from './cursor.ts';
import { pointsOf } from './track.ts';
import { TripCompleteness } from './trip-completeness.tsx';
import { TripCurves } from './trip-curves.tsx';
import { TripDriving } from './trip-driving.tsx';
import { TripExports } from './trip-exports.tsx';
import { TripHeader } from './trip-header.tsx';
import { TripScrubber } from './trip-scrubber.tsx';
import { TripStatistics } from './trip-statistics.tsx';

const TripMap = lazy(() => import('./trip-map.tsx').then((module) => ({ default: module.TripMap })));

/** The address follows the cursor when it rests, milliseconds. */
const RESTS_MS = 400;

interface TripViewProps {
  readonly trip: TripDetail;
  readonly events: readonly TripEvent[] | undefined;
  readonly onChanged: () => void;
}

export function TripView({ trip, events, onChanged }: TripViewProps) {
  const { t, format } = useText();
  const { signals, name, started_at, time_zone } = trip;
  useTitle(name ?? `${t('trip.title')}, ${format.dayAndClock(started_at, time_zone)}`);
  const columns = useMemo(() => events && columnsOf(events, signals), [events, signals]);
  const cursor = useLinkedCursor();
  return (
    <div className="trip">
      <div className="trip-map">
        <TripTrack trip={trip} columns={columns} cursor={cursor} />
      </div>
      <div className="trip-content">
        <TripHeader trip={trip} onChanged={onChanged} />
        {columns === undefined ? (
          <Skeleton height={130} count={3} />
        ) : (
          <>
            <TripScrubber trip={trip} columns={columns} cursor={cursor} />
            <TripCurves trip={trip} columns={columns} cursor={cursor} />
          </>
        )}
        <TripStatistics trip={trip} columns={columns} />
        {columns && <TripDriving trip={trip} columns={columns} cursor={cursor} />}
        <TripCompleteness trip={trip} shown={events?.length} />
        {trip.trip_id !== DEMO && <TripExports trip={trip} />}
      </div>
    </div>
  );
}

interface TripTrackProps {
  readonly trip: TripDetail;
  readonly columns: Columns | undefined;
  readonly cursor: Cursor;
}

/** The map and the choice of what colours the track. */
function TripTrack({ trip, columns, cursor }: TripTrackProps) {
  const { t, label } = useText();
  const [query] = useQuery();
  const colours = trip.signals.filter((signal) => signal !== 'lat' && signal !== 'lon');
  const colour = query.get('colour') ?? colours[0] ?? 'speed_kph';
  const points = useMemo(() => columns && pointsOf(columns, colour), [columns, colour]);
  if (trip.bbox === null) return <p className="empty">{t('trip.noPositions')}</p>;
  return (
    <>
      <Suspense fallback={<div className="map-place" />}>
        <TripMap bbox={trip.bbox} points={points} colour={colour} cursor={cursor} />
      </Suspense>
      <label className="trip-colour">
        <span className="hidden">{t('trip.colour')}</span>
        <select value={colour} onChange={(event) => patchQuery({ colour: event.target.value })}>
          {colours.map((signal) => (
            <option key={signal} value={signal}>
              {label(signal)}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** A cursor whose resting place is in the address. */
function useLinkedCursor(): Cursor {
  const [cursor] = useState(() => {
    const at = Date.parse(new URLSearchParams(location.search).get('at') ?? '');
    return createCursor(Number.isNaN(at) ? null : at);
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const leave = cursor.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const time = cursor.time();
        patchQuery({ at: time === null ? null : new Date(time).toISOString() });
      }, RESTS_MS);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [cursor]);
  return cursor;
}
