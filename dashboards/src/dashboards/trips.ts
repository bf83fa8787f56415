/** A vehicle's trips as a table: each row opens the trip. */
import { TRIP_COLUMNS, type TripField } from '../columns.ts';
import { dashboard, linkToTrip } from '../dashboard.ts';
import { filter, flux, keep, map, trips } from '../flux.ts';
import { bars, stat } from '../panels/kinds.ts';
import { table } from '../panels/table.ts';
import { TRIP_LINK, TRIP_TIMES, tripCount, tripSums, tripTotal } from '../queries.ts';

const LISTED = Object.keys(TRIP_COLUMNS).filter((name) => name !== 'live') as TripField[];

const COMPLETENESS = map({
  completeness_pct: 'if exists r.missing_count then 100.0 * r.events / (r.events + r.missing_count) else 100.0',
});

const NEWEST = flux('  |> sort(columns: ["start"], desc: true)', '  |> limit(n: 1000)');

/** One stat of all trips in the chosen time. */
function tripStat(title: string, description: string, column: TripField) {
  return stat({ title, description, size: [6, 4], ask: tripTotal(column), columns: [column] });
}

export const TRIP_OVERVIEW = dashboard({
  uid: 'fleet-trips',
  description:
    'The trips of a vehicle. A click on one opens it; those with something missing are listed by themselves.',
  from: 'now-90d',
  choose: 'one',
  panels: [
    stat({
      title: 'Trips',
      description: 'Trips that began in the chosen time.',
      size: [6, 4],
      ask: tripCount(),
      columns: ['trips'],
    }),
    tripStat('Distance', 'Kilometres of these trips, gaps included.', 'distance_km'),
    tripStat('On the road', 'From the first to the last event of each trip, added up.', 'duration_s'),
    tripStat('Fuel', 'Litres burnt, for cars that tell their fuel rate.', 'fuel_l'),
    table({
      title: 'List of trips',
      description: 'Newest first. Consumption needs a car that tells its fuel rate; completeness a device that counts.',
      size: [24, 14],
      ask: flux(
        'import "internal/debug"',
        trips(LISTED),
        TRIP_TIMES,
        COMPLETENESS,
        map({
          consumption_l_100km:
            'if exists r.fuel_l and r.distance_km > 0.5 then r.fuel_l / r.distance_km * 100.0 else debug.null(type: "float")',
        }),
        keep(
          ...['start', 'end', 'duration_s', 'distance_km', 'mean_speed_kph', 'max_speed_kph'],
          ...['consumption_l_100km', 'completeness_pct', 'vin', ...TRIP_LINK],
        ),
        NEWEST,
      ),
      columns: [
        ...(['start', 'end', 'duration_s', 'distance_km', 'mean_speed_kph', 'max_speed_kph'] as const),
        ...(['consumption_l_100km', 'completeness_pct', 'vin'] as const),
      ],
      hidden: TRIP_LINK,
      link: { title: 'Open this trip', url: linkToTrip(), on: 'start' },
    }),
    bars({
      title: 'Kilometres a week',
      description: 'Distance by the week in which the trip began.',
      size: [12, 8],
      ask: tripSums('distance_km', '1w'),
      columns: ['distance_km'],
    }),
    table({
      title: 'Incomplete trips',
      description: 'Trips with events that never came, or with a gap above a minute.',
      size: [12, 8],
      ask: flux(
        trips(['end_ts', 'events', 'missing_count', 'longest_gap_s', 'distance_gap_km']),
        filter('(exists r.missing_count and r.missing_count > 0.0) or r.longest_gap_s > 60.0'),
        TRIP_TIMES,
        keep('start', 'missing_count', 'longest_gap_s', 'distance_gap_km', 'vin', ...TRIP_LINK),
        NEWEST,
      ),
      columns: ['start', 'missing_count', 'longest_gap_s', 'distance_gap_km', 'vin'],
      hidden: TRIP_LINK,
      link: { title: 'Open this trip', url: linkToTrip(), on: 'start' },
    }),
  ],
});
