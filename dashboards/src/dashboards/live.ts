/** Where vehicles are at this moment, and what they say. */
import type { SignalName } from '@fleet/contract';
import { SIGNALS } from '@fleet/contract';
import { dashboard } from '../dashboard.ts';
import { events, flux, group, keep, map, window } from '../flux.ts';
import { curves, gauges } from '../panels/kinds.ts';
import { markers } from '../panels/map.ts';
import { FAST_KPH, SPEED } from '../queries.ts';

/** Signals with what their scale ends at, and with what is shown where a car does not tell it. */
const GAUGES: readonly (readonly [name: SignalName, max: number, ...instead: SignalName[]])[] = [
  ['speed_kph', 200, 'gps_speed_kph'],
  ['rpm', 7_000],
  ['coolant_c', 130],
  ['battery_v', 16],
  ['fuel_level_pct', 100],
  ['soc_pct', 100],
];

/** The newest value of each vehicle in the chosen minutes: of two at once that which is later in the alphabet, its own. */
function newest(...names: readonly SignalName[]): string {
  return flux(
    events(names),
    '  |> last()',
    group('vin'),
    '  |> sort(columns: ["_time", "_field"])',
    '  |> last()',
    map({ _field: 'r.vin' }),
    keep('_time', '_value', '_field'),
    group('_field'),
  );
}

export const LIVE_MAP = dashboard({
  uid: 'fleet-live',
  description: 'Where vehicles were in the last minutes, and what they say now.',
  from: 'now-15m',
  refresh: '5s',
  choose: 'several',
  panels: [
    markers({
      title: 'Now',
      description: 'The ways of the last minutes; each marker is coloured by the speed there.',
      size: [16, 20],
      ask: flux(
        events(['lat', 'lon', 'speed_kph', 'gps_speed_kph']),
        window('last'),
        group('vin'),
        '  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")',
        group(),
        '  |> filter(fn: (r) => exists r.lat and exists r.lon)',
        map({ kph: SPEED }),
        keep('_time', 'vin', 'lat', 'lon', 'kph'),
        '  |> sort(columns: ["_time"])',
        '  |> limit(n: 5000)',
      ),
      columns: ['kph', 'vin'],
      colour: 'kph',
      red: FAST_KPH,
    })
      .maxDataPoints(300)
      .interval('1s'),
    ...GAUGES.map(([name, max, ...instead]) =>
      gauges({
        title: SIGNALS[name].label,
        description: `The newest value of each vehicle. Empty where none said any in the chosen time.`,
        size: [4, 5],
        ask: newest(name, ...instead),
        columns: [name],
      })
        .min(0)
        .max(max),
    ),
    curves({
      title: 'Speed over the last minutes',
      description: 'The speed of each vehicle over the last minutes.',
      size: [8, 5],
      ask: flux(
        events(['speed_kph', 'gps_speed_kph']),
        window('mean'),
        group('vin'),
        '  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")',
        map({ _value: SPEED, _field: 'r.vin' }),
        keep('_time', '_value', '_field'),
        group('_field'),
        '  |> sort(columns: ["_time"])',
      ),
      columns: ['kph'],
    }),
  ],
});
