/** One trip, picked by vehicle and time: where it went, what the car said, how it was driven, what is missing. */
import type { SignalName } from '@fleet/contract';
import { SIGNALS } from '@fleet/contract';
import { columnOf, type TripField } from '../columns.ts';
import { dashboard } from '../dashboard.ts';
import { events, filter, flux, group, keep, map } from '../flux.ts';
import { barChart, curves, stat } from '../panels/kinds.ts';
import { markers } from '../panels/map.ts';
import { table } from '../panels/table.ts';
import { atMost, curve, FAST_KPH, hardEvents, speedShares, track, tripTotal } from '../queries.ts';

const TOTALS: readonly (readonly [TripField, string])[] = [
  ['distance_km', 'Kilometres, gaps included.'],
  ['duration_s', 'From the first event to the last.'],
  ['max_speed_kph', 'The highest speed of any event.'],
  ['idle_s', 'Standing with the engine running for a minute or longer.'],
  ['braking_count', 'Times that it braked by 3 m/s² or more for two seconds.'],
  ['missing_count', 'Events that the device counted and that never came.'],
];

function total([column, description]: (typeof TOTALS)[number]) {
  const fn = column === 'max_speed_kph' ? 'max' : 'sum';
  return stat({
    title: columnOf(column).label,
    description,
    size: [4, 3],
    ask: tripTotal(column, fn),
    columns: [column],
  });
}

function signal(name: SignalName, ...others: readonly SignalName[]) {
  const { label } = SIGNALS[name];
  return curves({
    title: label,
    description: `${label} over the trip; the mean of each step where there are more values than pixels.`,
    size: [12, 7],
    ask: curve(name, ...others),
    columns: [name, ...others],
  });
}

export const TRIP_DETAIL = dashboard({
  uid: 'fleet-trip',
  description: 'One trip. Come here from the Trip Overview, or choose a vehicle and the time of a trip.',
  from: 'now-1h',
  choose: 'one',
  panels: [
    ...TOTALS.map(total),
    markers({
      title: 'Track',
      description: 'The way, coloured by speed; down-sampled where it has more positions than a map can show.',
      size: [14, 14],
      ask: track(),
      columns: ['kph'],
      colour: 'kph',
      red: FAST_KPH,
    })
      .maxDataPoints(1_500)
      .interval('1s'),
    signal('speed_kph', 'gps_speed_kph').span(10),
    signal('rpm').span(10),
    signal('coolant_c', 'oil_c', 'intake_c', 'ambient_c'),
    signal('battery_v'),
    signal('altitude_m'),
    signal('engine_load_pct', 'fuel_level_pct', 'soc_pct'),
    barChart({
      title: 'Speeds',
      description: 'How large a share of the time it drove at each speed, in steps of 10 km/h.',
      size: [12, 8],
      ask: speedShares(),
      columns: ['share_pct', 'band'],
      x: 'band',
    }),
    table({
      title: 'Hard braking and acceleration',
      description: '3 m/s² or more for two seconds, measured or by differences of speed. Of at most a day.',
      size: [6, 8],
      ask: hardEvents(),
      columns: ['start', 'kind', 'seconds', 'peak_mps2'],
    }),
    table({
      title: 'Gaps',
      description: 'Times without an event of more than 10 s, the longest first. Of at most a day.',
      size: [6, 8],
      ask: flux(
        atMost('24h'),
        events(['seq'], { start: 'start' }),
        keep('_time', '_value'),
        group(),
        '  |> sort(columns: ["_time"])',
        '  |> elapsed(unit: 1ms)',
        filter('r.elapsed > 10000'),
        map({ gap_s: 'float(v: r.elapsed) / 1000.0', start: 'time(v: int(v: r._time) - r.elapsed * 1000000)' }),
        keep('start', 'gap_s'),
        '  |> sort(columns: ["gap_s"], desc: true)',
        '  |> limit(n: 50)',
      ),
      columns: ['start', 'gap_s'],
    }),
  ],
});
