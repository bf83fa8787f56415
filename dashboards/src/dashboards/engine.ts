/** How the engine and its battery are doing over weeks and months. */
import { DRIVING, type SignalName } from '@fleet/contract';
import { dashboard } from '../dashboard.ts';
import { events, filter, flux, group, keep, map, perWindow, SIDE_BY_SIDE, window } from '../flux.ts';
import { curves, lines } from '../panels/kinds.ts';
import { table } from '../panels/table.ts';
import { atMost } from '../queries.ts';

const NS_PER_MINUTE = '60000000000';
/** A drive is another one after so long without the coolant's temperature, minutes. */
const PAUSE_MIN = 30;
/** A warm-up is shown for so long, minutes. */
const WARM_UP_MIN = 30;

/** The coolant against the minutes of a drive: in the newest one, and in all. */
function warmUps(): string {
  return flux(
    'import "internal/debug"',
    atMost('30d'),
    `minutes = ${events(['coolant_c'], { start: 'start' })}`,
    window('mean', '1m'),
    keep('_time', '_value'),
    group(),
    '  |> sort(columns: ["_time"])',
    map({ pause: 'int(v: r._time)' }),
    '  |> difference(columns: ["pause"], keepFirst: true)',
    map({
      began: `if exists r.pause and r.pause <= ${PAUSE_MIN} * ${NS_PER_MINUTE} then debug.null(type: "int") else int(v: r._time)`,
    }),
    '  |> fill(column: "began", usePrevious: true)',
    map({ minute: `(int(v: r._time) - r.began) / ${NS_PER_MINUTE}` }),
    filter(`r.minute <= ${WARM_UP_MIN}`),
    'newest = minutes |> max(column: "began") |> findColumn(fn: (key) => true, column: "began")',
    'minutes',
    group('minute'),
    '  |> reduce(',
    '      identity: {count: 0.0, sum: 0.0, coldest: 999.0, warmest: -999.0, newest: -999.0},',
    '      fn: (r, accumulator) => ({',
    '        count: accumulator.count + 1.0,',
    '        sum: accumulator.sum + r._value,',
    '        coldest: if r._value < accumulator.coldest then r._value else accumulator.coldest,',
    '        warmest: if r._value > accumulator.warmest then r._value else accumulator.warmest,',
    '        newest: if r.began == newest[0] then r._value else accumulator.newest,',
    '      }),',
    '  )',
    group(),
    map({
      mean: 'r.sum / r.count',
      newest: 'if r.newest > -999.0 then r.newest else debug.null(type: "float")',
    }),
    keep('minute', 'newest', 'mean', 'coldest', 'warmest'),
    '  |> sort(columns: ["minute"])',
    `  |> limit(n: ${WARM_UP_MIN + 1})`,
  );
}

/** Values of each day: of the battery with the engine off and running, and the lowest. */
function batteryByDay(): string {
  const every = '1d';
  const minute = (field: SignalName, fn: string) =>
    flux(events([field]), window(fn, '15m'), group('_field'), keep('_time', '_value', '_field'));
  return flux(
    `volts = ${minute('battery_v', 'mean')}`,
    `rpm = ${minute('rpm', 'max')}`,
    `lowest = ${events(['battery_v'])}`,
    window('min', every),
    group(),
    window('min', every),
    map({ _field: '"lowest"' }),
    keep('_time', '_value', '_field'),
    'engine = union(tables: [volts, rpm])',
    SIDE_BY_SIDE,
    filter('exists r.battery_v'),
    map({
      _value: 'r.battery_v',
      _field: `if exists r.rpm and r.rpm >= ${DRIVING.running_rpm}.0 then "charging" else "at_rest"`,
    }),
    keep('_time', '_value', '_field'),
    group('_field'),
    window('mean', every),
    'union(tables: [engine, lowest])',
    group('_field'),
    '  |> sort(columns: ["_time"])',
  );
}

/** Means of signals in steps of a day. */
function byDay(title: string, description: string, fields: readonly [SignalName, ...SignalName[]]) {
  const query = flux(events(fields), perWindow('mean', '1d'), keep('_time', '_value', '_field'));
  return curves({ title, description, size: [12, 8], ask: query, columns: fields, openGapsMs: 14 * 86_400_000 });
}

export const ENGINE_HEALTH = dashboard({
  uid: 'fleet-engine',
  description: 'Warm-up, load, battery, fuel trims and trouble codes, with trends over months.',
  from: 'now-90d',
  choose: 'one',
  panels: [
    lines({
      title: 'Warm-up',
      description:
        'The coolant in the first minutes of the newest drive, against all drives of the last 30 days of the chosen time.',
      size: [12, 9],
      ask: warmUps(),
      columns: ['newest', 'mean', 'coldest', 'warmest', 'minute'],
      x: 'minute',
    }),
    curves({
      title: 'Battery',
      description:
        'Each day: the mean with the engine off and running, and the lowest value, which is that of cranking.',
      size: [12, 9],
      ask: batteryByDay(),
      columns: ['at_rest', 'charging', 'lowest'],
      openGapsMs: 14 * 86_400_000,
    }),
    byDay('Temperatures', 'The mean of each day.', ['coolant_c', 'oil_c', 'intake_c', 'ambient_c']),
    byDay('Engine load', 'The mean of each day.', ['engine_load_pct']),
    byDay('Fuel trims', 'The mean of each day. Above 10 % or below -10 % for long: the mixture is wrong.', [
      'fuel_trim_short_pct',
      'fuel_trim_long_pct',
    ]),
    byDay('Air', 'The mean of each day.', ['maf_g_s', 'map_kpa']),
    table({
      title: 'Trouble codes',
      description: 'Every list of trouble codes that was said, when first and when last, to the hour.',
      size: [24, 8],
      ask: flux(
        events(['dtcs']),
        window('last', '1h'),
        filter('r._value != "[]"'),
        group('vin', '_value'),
        '  |> reduce(',
        '      identity: {first_seen: 2200-01-01T00:00:00Z, last_seen: 1970-01-01T00:00:00Z, times: 0},',
        '      fn: (r, accumulator) => ({',
        '        first_seen: if r._time < accumulator.first_seen then r._time else accumulator.first_seen,',
        '        last_seen: if r._time > accumulator.last_seen then r._time else accumulator.last_seen,',
        '        times: accumulator.times + 1,',
        '      }),',
        '  )',
        group(),
        '  |> rename(columns: {_value: "code"})',
        keep('code', 'first_seen', 'last_seen', 'times', 'vin'),
        '  |> sort(columns: ["last_seen"], desc: true)',
        '  |> limit(n: 200)',
      ),
      columns: ['code', 'first_seen', 'last_seen', 'times', 'vin'],
    }),
  ],
});
