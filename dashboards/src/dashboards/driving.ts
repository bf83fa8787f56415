/** How vehicles are driven, from the summaries; speed against the hour from means of each hour. */
import type { TripField } from '../columns.ts';
import { dashboard, linkToTrip } from '../dashboard.ts';
import { events, filter, flux, group, IN_TIME_ZONE, keep, map, SIDE_BY_SIDE, trips, window } from '../flux.ts';
import { bars, stat } from '../panels/kinds.ts';
import { table } from '../panels/table.ts';
import { SPEED, TRIP_LINK, TRIP_TIMES, tripSums, tripTotal } from '../queries.ts';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A share of two sums over all trips. */
function ratio(column: string, of: TripField, to: TripField, factor: number): string {
  return flux(
    trips([of, to]),
    filter(`exists r.${of} and exists r.${to}`),
    '  |> reduce(',
    '      identity: {of: 0.0, to: 0.0},',
    `      fn: (r, accumulator) => ({of: accumulator.of + r.${of}, to: accumulator.to + r.${to}}),`,
    '  )',
    filter('r.to > 0.0'),
    map({ [column]: `r.of * ${factor.toFixed(1)} / r.to` }),
    keep(column),
  );
}

/** Trips with the most of something. */
function topTrips(title: string, description: string, most: 'distance_km' | 'max_speed_kph' | 'braking_count') {
  const columns = ['start', most, 'duration_s', 'vin'] as const;
  return table({
    title,
    description: `${description} A click opens the trip.`,
    size: [8, 9],
    ask: flux(
      trips([...new Set<TripField>(['end_ts', 'duration_s', most])]),
      filter(`exists r.${most} and r.${most} > 0.0`),
      TRIP_TIMES,
      keep(...columns, ...TRIP_LINK),
      `  |> sort(columns: ["${most}"], desc: true)`,
      '  |> limit(n: 10)',
    ),
    columns,
    hidden: TRIP_LINK,
    link: { title: 'Open this trip', url: linkToTrip(), on: 'start' },
  });
}

/** A weekday's column of a row that is for one of them. */
function ofWeekday(day: string, at: number): string {
  return `${day}: if r.weekday == ${at} then r._value else accumulator.${day}`;
}

/** The mean speed of each hour of each weekday, while it moved; hours of the dashboard's time zone. */
function speedByHour(): string {
  return flux(
    'import "date"',
    'import "timezone"',
    'import "internal/debug"',
    IN_TIME_ZONE,
    events(['speed_kph', 'gps_speed_kph']),
    window('mean', '1h'),
    keep('_time', '_field', '_value'),
    SIDE_BY_SIDE,
    map({ _value: SPEED }),
    filter('r._value > 1.0'),
    map({ hour: 'date.hour(t: r._time, location: location)', weekday: 'date.weekDay(t: r._time, location: location)' }),
    group('hour', 'weekday'),
    '  |> mean()',
    group('hour'),
    '  |> reduce(',
    `      identity: {${WEEKDAYS.map((day) => `${day}: 0.0`).join(', ')}},`,
    `      fn: (r, accumulator) => ({${WEEKDAYS.map(ofWeekday).join(', ')}}),`,
    '  )',
    group(),
    map(
      Object.fromEntries(
        WEEKDAYS.map((day) => [day, `if r.${day} > 0.0 then r.${day} else debug.null(type: "float")`]),
      ),
    ),
    keep('hour', ...WEEKDAYS),
    '  |> sort(columns: ["hour"])',
  );
}

export const DRIVING_DASHBOARD = dashboard({
  uid: 'fleet-driving',
  description: 'Hard braking and acceleration, idling, speed by hour and weekday, and the trips with the most of each.',
  from: 'now-90d',
  choose: 'several',
  panels: [
    stat({
      title: 'Hard braking',
      description: 'Times per 100 km that it braked by 3 m/s² or more for two seconds.',
      size: [6, 4],
      ask: ratio('harsh_per_100km', 'braking_count', 'distance_km', 100),
      columns: ['harsh_per_100km'],
    }),
    stat({
      title: 'Hard acceleration',
      description: 'Times per 100 km that it accelerated by 3 m/s² or more for two seconds.',
      size: [6, 4],
      ask: ratio('harsh_per_100km', 'acceleration_count', 'distance_km', 100),
      columns: ['harsh_per_100km'],
    }),
    stat({
      title: 'Idling',
      description: 'Share of the time on the road that it stood with the engine running for a minute or longer.',
      size: [6, 4],
      ask: ratio('idle_pct', 'idle_s', 'duration_s', 100),
      columns: ['idle_pct'],
    }),
    stat({
      title: 'Top speed',
      description: 'The highest speed of any event of these trips.',
      size: [6, 4],
      ask: tripTotal('max_speed_kph', 'max'),
      columns: ['max_speed_kph'],
    }),
    bars({
      title: 'Hard braking by week',
      description: 'Times that each vehicle braked hard, by the week in which the trip began.',
      size: [12, 8],
      ask: tripSums('braking_count', '1w'),
      columns: ['braking_count'],
    }),
    bars({
      title: 'Idling by week',
      description: 'Time that each vehicle idled, by the week in which the trip began.',
      size: [12, 8],
      ask: tripSums('idle_s', '1w'),
      columns: ['idle_s'],
    }),
    table({
      title: 'Speed by hour and weekday',
      description: 'Mean speed while the vehicle moved, in the time zone of the dashboard.',
      size: [24, 12],
      ask: speedByHour(),
      columns: ['hour', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
    }),
    topTrips('Longest trips', 'The ten trips with the most kilometres.', 'distance_km'),
    topTrips('Fastest trips', 'The ten trips with the highest top speed.', 'max_speed_kph'),
    topTrips('Hardest trips', 'The ten trips with the most hard braking.', 'braking_count'),
  ],
});
