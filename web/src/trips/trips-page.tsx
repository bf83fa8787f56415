/** All trips, by day, newest first. */
import { type CSSProperties, useEffect, useMemo, useRef } from 'react';
import type { Trip, Vehicle } from '../api/types.ts';
import { useData } from '../api/use-data.ts';
import { Link, useQuery } from '../shell/router.tsx';
import { useText } from '../text/use-text.ts';
import { Failure } from '../ui/failure.tsx';
import { Page } from '../ui/page.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { filterIn, isWithin, queryOf } from './filter.ts';
import { TrackThumb } from './track-thumb.tsx';
import { TripFilterBar } from './trip-filter-bar.tsx';
import { type TripPages, useTripPages } from './trip-pages.ts';
import { dayOf, offsetsOf, ROW_PX, type Row, rowsOf } from './trip-rows.ts';
import { useVisibleRows } from './use-visible-rows.ts';

/** The next page is asked for when so few rows are left below. */
const ROWS_AHEAD = 150;

export function TripsPage() {
  const { t } = useText();
  const [query] = useQuery();
  const filter = filterIn(query);
  const pages = useTripPages(queryOf(filter));
  const { data } = useData<{ vehicles: readonly Vehicle[] }>('/v1/vehicles');
  const vehicles = data?.vehicles ?? [];
  const { vehicle, from, to } = filter;
  const trips = useMemo(
    () => pages.trips.filter((trip) => isWithin({ vehicle, from, to }, dayOf(trip))),
    [pages.trips, vehicle, from, to],
  );
  const isFiltered = Object.values(filter).some((value) => value !== null);
  return (
    <Page title={t('trips.title')}>
      <TripFilterBar filter={filter} vehicles={vehicles} />
      {pages.trips.length > 0 && <TripList pages={{ ...pages, trips }} names={namesOf(vehicles)} />}
      {pages.error !== undefined && <Failure error={pages.error} onRetry={pages.more} />}
      {pages.trips.length === 0 && pages.error === undefined && !pages.complete && (
        <Skeleton height={ROW_PX.trip - 8} count={6} />
      )}
      {trips.length === 0 && pages.complete && (
        <p className="empty">{t(isFiltered ? 'trips.none' : 'trips.noneYet')}</p>
      )}
    </Page>
  );
}

function namesOf(vehicles: readonly Vehicle[]): ReadonlyMap<string, string> {
  return new Map(vehicles.map(({ vehicle, name }) => [vehicle, name ?? vehicle]));
}

interface TripListProps {
  readonly pages: TripPages & { readonly more: () => void };
  readonly names: ReadonlyMap<string, string>;
}

/** Only the rows in view are in the document; the list is as high as all of them. */
function TripList({ pages: { trips, complete, loading, error, more }, names }: TripListProps) {
  const list = useRef<HTMLUListElement>(null);
  const rows = useMemo(() => rowsOf(trips), [trips]);
  const offsets = useMemo(() => offsetsOf(rows), [rows]);
  const [first, end] = useVisibleRows(list, offsets);
  useEffect(() => {
    if (end >= rows.length - ROWS_AHEAD && !complete && !loading && error === undefined) more();
  }, [end, rows.length, complete, loading, error, more]);
  return (
    <ul ref={list} className="trip-list" style={{ height: offsets[rows.length] }}>
      {rows.slice(first, end).map((row, index) => (
        <ListedRow key={row.key} row={row} names={names} style={{ top: offsets[first + index] }} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly row: Row;
  readonly names: ReadonlyMap<string, string>;
  readonly style: CSSProperties;
}

function ListedRow({ row, names, style }: RowProps) {
  const { format } = useText();
  if (row.kind === 'trip') return <TripRow trip={row.trip} names={names} style={style} />;
  return (
    <li className="trip-day" style={style}>
      <h2>{format.day(row.at, row.timeZone)}</h2>
    </li>
  );
}

function TripRow({ trip, names, style }: Omit<RowProps, 'row'> & { readonly trip: Trip }) {
  const { t, format } = useText();
  const { trip_id, vehicle, name, started_at, ended_at, time_zone, distance_km, duration_s, max_speed_kph } = trip;
  const times = `${format.clock(started_at, time_zone)} – ${format.clock(ended_at, time_zone)}`;
  return (
    <li className="trip-row" style={style}>
      <Link href={`/trips/${trip_id}?vehicle=${encodeURIComponent(vehicle)}`}>
        <TrackThumb trip={trip} />
        <span className="trip-what">
          <strong className="number">{name ?? times}</strong>
          <span className="soft number">
            {name !== null && `${times} · `}
            {names.get(vehicle) ?? vehicle}
          </span>
          {max_speed_kph !== null && (
            <span className="soft number">{t('trips.max', { speed: format.speed(max_speed_kph) })}</span>
          )}
        </span>
        <span className="trip-numbers number">
          <strong>{format.distance(distance_km)}</strong>
          <span className="soft">{format.duration(duration_s)}</span>
        </span>
      </Link>
    </li>
  );
}
