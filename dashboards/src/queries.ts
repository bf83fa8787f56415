/** Queries that several panels share. */
import { DRIVING } from '@fleet/contract';
import type { TripField } from './columns.ts';
import {
  events,
  filter,
  flux,
  group,
  IN_TIME_ZONE,
  keep,
  map,
  perWindow,
  SIDE_BY_SIDE,
  total,
  trips,
  window,
} from './flux.ts';

/** The car's speed, else that of a GPS, of a row with either. */
export const SPEED = 'if exists r.speed_kph then r.speed_kph else r.gps_speed_kph';

/** From here on tracks are red, km/h. */
export const FAST_KPH = 130;

/** Begins a script whose query reads at most so much time before the end of the dashboard's. */
export function atMost(duration: string): string {
  const earliest = `date.sub(d: ${duration}, from: v.timeRangeStop)`;
  return flux(
    'import "date"',
    `earliest = ${earliest}`,
    'start = if earliest > v.timeRangeStart then earliest else v.timeRangeStart',
  );
}

/** Times of a trip's row, as columns for people and for links. */
export const TRIP_TIMES = map({
  start: 'time(v: int(v: r._time) / 1000000 * 1000000)',
  end: 'time(v: int(v: r.end_ts) * 1000000)',
  from_ms: 'int(v: r._time) / 1000000',
  to_ms: 'int(v: r.end_ts) + 1000',
});

/** Columns that a link to a trip needs. */
export const TRIP_LINK = ['from_ms', 'to_ms'] as const;

/** Weeks begin with Monday; windows are counted from 1970-01-01, a Thursday. */
const OFFSETS = { '1d': undefined, '1w': '-3d' } as const;

/** Sums of trips' fields by day or week, a series for each vehicle. */
export function tripSums(field: TripField, every: keyof typeof OFFSETS): string {
  return flux(
    'import "timezone"',
    IN_TIME_ZONE,
    trips([field]),
    filter(`exists r.${field}`),
    map({ _value: `r.${field}`, _field: 'r.vin' }),
    keep('_time', '_value', '_field'),
    group('_field'),
    '  |> sort(columns: ["_time"])',
    window('sum', every, OFFSETS[every]),
  );
}

/** One number of all trips that begin in the chosen time. */
export function tripTotal(field: TripField, fn: 'sum' | 'max' = 'sum'): string {
  return flux(trips([field]), filter(`exists r.${field}`), total(field, fn));
}

/** How many trips begin in the chosen time. */
export function tripCount(): string {
  return flux(trips(['end_ts']), map({ trips: 'r.end_ts' }), total('trips', 'count'));
}

/** Neighbouring speeds further apart say nothing about the time between, milliseconds. */
const LONGEST_STEP_MS = 3_000;

/**
 * How speed changes, m/s² in `rate` over the `elapsed` milliseconds until `_time`, as the summaries count it: measured
 * where a car tells it, else by the difference of speeds, which are its own, or a GPS's while it tells none. A table for
 * each combination of the columns. The script needs `internal/debug`.
 */
export function rates(scope: Parameters<typeof events>[1], ...columns: readonly string[]): string {
  const longestNs = LONGEST_STEP_MS * 1_000_000;
  return flux(
    events(['speed_kph', 'gps_speed_kph', 'accel_long_mps2'], scope),
    keep('_time', '_field', '_value', ...columns),
    group(...columns),
    '  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")',
    '  |> sort(columns: ["_time"])',
    map({ own_at: 'if exists r.speed_kph then int(v: r._time) else debug.null(type: "int")' }),
    '  |> fill(column: "own_at", usePrevious: true)',
    filter(
      `exists r.speed_kph or (exists r.gps_speed_kph and not (exists r.own_at and int(v: r._time) - r.own_at <= ${longestNs}))`,
    ),
    map({ kph: SPEED }),
    '  |> elapsed(unit: 1ms)',
    '  |> difference(columns: ["kph"])',
    filter(`r.elapsed > 0 and r.elapsed <= ${LONGEST_STEP_MS}`),
    map({
      rate: 'if exists r.accel_long_mps2 then r.accel_long_mps2 else r.kph / 3.6 / (float(v: r.elapsed) / 1000.0)',
    }),
  );
}

/** Hard braking and acceleration, by the contract's table: when each began, how long it lasted, the strongest of it. */
export function hardEvents(): string {
  const { harsh_mps2, harsh_s } = DRIVING;
  return flux(
    'import "internal/debug"',
    atMost('24h'),
    rates({ start: 'start' }),
    map({
      kind: `if r.rate <= -${harsh_mps2}.0 then "braking" else if r.rate >= ${harsh_mps2}.0 then "acceleration" else ""`,
    }),
    '  |> stateDuration(fn: (r) => r.kind == "braking", column: "braking", unit: 1ms)',
    '  |> stateDuration(fn: (r) => r.kind == "acceleration", column: "acceleration", unit: 1ms)',
    filter('r.kind != ""'),
    map({ run: 'int(v: r._time) / 1000000 - (if r.kind == "braking" then r.braking else r.acceleration)' }),
    group('kind', 'run'),
    '  |> reduce(',
    '      identity: {seconds: 0.0, peak_mps2: 0.0},',
    '      fn: (r, accumulator) => ({',
    '        seconds: accumulator.seconds + float(v: r.elapsed) / 1000.0,',
    '        peak_mps2: if r.rate * r.rate > accumulator.peak_mps2 * accumulator.peak_mps2 then r.rate else accumulator.peak_mps2,',
    '      }),',
    '  )',
    group(),
    filter(`r.seconds >= ${harsh_s}.0`),
    map({ start: 'time(v: r.run * 1000000)' }),
    keep('start', 'kind', 'seconds', 'peak_mps2'),
    '  |> sort(columns: ["start"])',
    '  |> limit(n: 200)',
  );
}

/** The way, down-sampled to what a map can show: the first position of each window, and the speed there. */
export function track(): string {
  return flux(
    events(['lat', 'lon', 'speed_kph', 'gps_speed_kph']),
    window('first'),
    group('_field'),
    window('first'),
    SIDE_BY_SIDE,
    filter('exists r.lat and exists r.lon'),
    map({ kph: SPEED }),
    keep('_time', 'lat', 'lon', 'kph'),
    '  |> limit(n: 5000)',
  );
}

/** Signals as curves: the mean of each window. */
export function curve(...fields: Parameters<typeof events>[0]): string {
  return flux(events(fields), perWindow('mean'), keep('_time', '_value', '_field'));
}

/** How large a share of the time was driven at each speed, in steps of 10 km/h. */
export function speedShares(): string {
  return flux(
    `bands = ${events(['speed_kph', 'gps_speed_kph'])}`,
    perWindow('mean'),
    SIDE_BY_SIDE,
    map({ order: `int(v: (${SPEED}) / 10.0)`, count: '1.0' }),
    group('order'),
    '  |> sum(column: "count")',
    group(),
    'all = bands |> sum(column: "count") |> findColumn(fn: (key) => true, column: "count")',
    'bands',
    '  |> sort(columns: ["order"])',
    map({ band: 'string(v: r.order * 10)', share_pct: 'r.count * 100.0 / all[0]' }),
    keep('band', 'share_pct'),
  );
}
