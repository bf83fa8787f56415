/** What alerts ask: a table of all vehicles with one number each. */
import { DRIVING, type SignalName } from '@fleet/contract';
import type { EventField } from '../columns.ts';
import { events, filter, flux, group, keep, map, vehicles } from '../flux.ts';
import { rates, SPEED } from '../queries.ts';

const ALL = { all: true } as const;
const TABLE = flux(keep('vin', '_value'), group());

/** The newest value of a signal, of vehicles that said any of late. */
export function newest(signal: SignalName): string {
  return flux(events([signal], ALL), newestBy('vin'), TABLE);
}

/** The newest speed: the car's own, else that of a GPS. */
export function newestSpeed(): string {
  return flux(newestSideBySide('speed_kph', 'gps_speed_kph'), map({ _value: SPEED }), TABLE);
}

/**
 * A query for a message only, without imports, with a row that is of no vehicle: where any query of a rule has
 * no rows, Grafana takes the whole rule for one without data, and a car that nobody knows the place of would never alarm.
 */
export function orNobody(query: string): string {
  return flux(
    'import "array"',
    'nobody = array.from(rows: [{vin: "(nobody)", _value: 0.0}])',
    `somebody = ${query}`,
    'union(tables: [nobody, somebody])',
    group(),
  );
}

/** The lower of the newest values of two signals. */
export function lower(...signals: readonly [SignalName, SignalName]): string {
  return flux(events(signals, ALL), newestBy('vin', '_field'), group('vin'), '  |> min()', TABLE);
}

/** The mean of a signal over all the time that is looked at. */
export function meanOf(signal: SignalName): string {
  return flux(events([signal], ALL), group('vin'), '  |> mean()', TABLE);
}

/** The newest voltage of vehicles whose engine runs, or does not; one that says nothing of it does not. */
export function battery(isRunning: boolean): string {
  const running = `exists r.rpm and r.rpm >= ${DRIVING.running_rpm}.0`;
  return flux(
    newestSideBySide('battery_v', 'rpm'),
    filter(`exists r.battery_v and ${isRunning ? running : `not (${running})`}`),
    map({ _value: 'r.battery_v' }),
    TABLE,
  );
}

/** The hardest braking that lasted as the contract's table wants it, m/s². */
export function hardestBraking(): string {
  const { harsh_mps2, harsh_s } = DRIVING;
  return flux(
    'import "internal/debug"',
    rates(ALL, 'vin'),
    map({ _value: '-r.rate' }),
    `  |> stateDuration(fn: (r) => r._value >= ${harsh_mps2}.0, column: "lasted", unit: 1ms)`,
    filter(`r.lasted >= 0 and r.lasted + r.elapsed >= ${harsh_s * 1_000}`),
    '  |> max()',
    TABLE,
  );
}

/** How many trouble codes the newest list has, with the codes as a label: another list is another alert. */
export function troubleCodes(): string {
  const dtcs: EventField = 'dtcs';
  return flux(
    'import "strings"',
    events([dtcs], ALL),
    newestBy('vin'),
    filter('r._value != "[]"'),
    map({
      codes: 'strings.replaceAll(v: strings.trim(v: r._value, cutset: "[]"), t: "\\"", u: "")',
      _value: 'float(v: strings.countStr(v: r._value, substr: "\\"")) / 2.0',
    }),
    keep('vin', 'codes', '_value'),
    group(),
  );
}

/** Hours since each vehicle was last heard of, from the summaries: there is always a row. */
export function silence(): string {
  return flux(
    vehicles(['last_ts'], ALL),
    map({ _value: 'float(v: int(v: v.timeRangeStop) - r.last_ts * 1000000) / 3600000000000.0' }),
    TABLE,
  );
}

/** The newest values of signals, a row for each vehicle and a column for each signal. */
function newestSideBySide(...signals: readonly SignalName[]): string {
  return flux(
    events(signals, ALL),
    newestBy('vin', '_field'),
    keep('vin', '_field', '_value'),
    group(),
    '  |> pivot(rowKey: ["vin"], columnKey: ["_field"], valueColumn: "_value")',
  );
}

/** The newest row of each combination, over all containers. */
function newestBy(...columns: readonly string[]): string {
  return flux('  |> last()', group(...columns), '  |> sort(columns: ["_time"])', '  |> last()');
}
