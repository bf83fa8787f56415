/**
 * Beginnings and pieces of Flux queries, typed by what is stored. Grafana fills in `v.…` and `$__interval` on the server
 * and `${…}` in the browser.
 * @see docs/adr/0013-dashboards-and-alerts-are-code.md
 */
import { CHECK_VEHICLE } from '@fleet/contract';
import type { EventField, TripField, VehicleField } from './columns.ts';
import { variable } from './variable.ts';

/** Grafana's own variables, as they stand in queries. */
export const VEHICLES = variable('vehicle:pipe');
export const NAMES = variable('names:pipe');
export const TIME_ZONE = variable('__timezone');

/** Where points lie that take the place of the ones before them. */
const FIXED_TIME = ['1970-01-01T00:00:00Z', '1970-01-01T00:00:01Z'] as const;

/** Which points a query begins with. */
interface Scope {
  /** From when on, as a Flux expression; the dashboard's time by default. */
  readonly start?: string;
  readonly stop?: string;
  /** Whether all vehicles, also those that are not chosen. */
  readonly all?: boolean;
}

/** After the imports, of `timezone` too: days and hours are those of the time zone that the dashboard shows. */
export const IN_TIME_ZONE = `option location = timezone.location(name: if "${TIME_ZONE}" == "utc" then "UTC" else "${TIME_ZONE}")`;

/** Lines of Flux, in order. */
export function flux(...lines: readonly string[]): string {
  return lines.join('\n');
}

/** Events' fields, under all names of the vehicles that are chosen. A table for each container and field. */
export function events(fields: readonly EventField[], { start, stop, all }: Scope = {}): string {
  return flux(
    'from(bucket: v.defaultBucket)',
    range(start, stop),
    filter(`r._measurement == "telemetry" and ${isOneOf(fields)}`),
    ...(all ? [] : [filter(`r.vin =~ /^(${NAMES})$/`)]),
  );
}

/** Trips that begin in a time: a row for each, all in one table. Fields are floats, which are read as one table too. */
export function trips(fields: readonly TripField[], { start, stop, all }: Scope = {}): string {
  return flux(
    'from(bucket: v.defaultBucket + "_meta")',
    range(start, stop),
    filter(`r._measurement == "listed" and ${isOneOf(['live', ...fields])}`),
    ...(all ? [] : [filter(`r.vin =~ /^(${VEHICLES})$/`)]),
    group(),
    '  |> pivot(rowKey: ["_time", "vin"], columnKey: ["_field"], valueColumn: "_value")',
    filter('r.live > 0.0'),
  );
}

/** Vehicles with their newest: a row for each in one table; without the one that only checks drive. */
export function vehicles(fields: readonly VehicleField[], { all }: Pick<Scope, 'all'> = {}): string {
  return flux(
    'from(bucket: v.defaultBucket + "_meta")',
    range(...FIXED_TIME),
    filter(`r._measurement == "vehicle" and r.vin != "${CHECK_VEHICLE}" and ${isOneOf(['gone', ...fields])}`),
    ...(all ? [] : [filter(`r.vin =~ /^(${VEHICLES})$/`)]),
    '  |> drop(columns: ["_start", "_stop", "_measurement"])',
    '  |> pivot(rowKey: ["_time", "vin"], columnKey: ["_field"], valueColumn: "_value")',
    '  |> group()',
    filter('not r.gone'),
  );
}

/** Documents of the registry of one kind: a row for each in one table, `owner` and `id` with a dot before them. */
export function documents(
  kind: 'dead-letter' | 'device' | 'sighting',
  fields: readonly ('at' | 'body0' | 'reason')[],
): string {
  return flux(
    'from(bucket: v.defaultBucket + "_meta")',
    range(...FIXED_TIME),
    filter(`r._measurement == "document" and r.kind == "${kind}" and ${isOneOf(['deleted', ...fields])}`),
    '  |> drop(columns: ["_start", "_stop", "_measurement"])',
    '  |> pivot(rowKey: ["_time", "owner", "id"], columnKey: ["_field"], valueColumn: "_value")',
    '  |> group()',
    filter('not r.deleted'),
  );
}

export function range(start = 'v.timeRangeStart', stop = 'v.timeRangeStop'): string {
  return `  |> range(start: ${start}, stop: ${stop})`;
}

export function filter(condition: string): string {
  return `  |> filter(fn: (r) => ${condition})`;
}

/** Adds columns, each given by an expression of the row `r`. */
export function map(columns: Readonly<Record<string, string>>): string {
  const made = Object.entries(columns).map(([name, expression]) => `${name}: ${expression}`);
  return `  |> map(fn: (r) => ({r with ${made.join(', ')}}))`;
}

/** Keeps these columns, in any order. */
export function keep(...columns: readonly string[]): string {
  return `  |> keep(columns: ${list(columns)})`;
}

export function group(...columns: readonly string[]): string {
  return columns.length === 0 ? '  |> group()' : `  |> group(columns: ${list(columns)})`;
}

/** Windows worked out by the storage engine, table by table, and once more over all containers. */
export function perWindow(fn: 'mean' | 'max' | 'min' | 'sum' | 'last' | 'count', every = '$__interval'): string {
  const over = fn === 'count' ? 'sum' : fn;
  return flux(window(fn, every), group('_field'), window(over, every));
}

/** Windows under the time at which they begin: under that of their end they would belong to the next one. */
export function window(fn: string, every = '$__interval', offset?: string): string {
  const shifted = offset === undefined ? '' : `, offset: ${offset}`;
  return `  |> aggregateWindow(every: ${every}${shifted}, fn: ${fn}, createEmpty: false, timeSrc: "_start")`;
}

/** Rows of windows side by side: a column for each field. */
export const SIDE_BY_SIDE = flux(
  group(),
  '  |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")',
  '  |> sort(columns: ["_time"])',
);

/** The sum of a column, or how many rows there are, as the only row. */
export function total(column: string, fn: 'sum' | 'count' | 'max' = 'sum'): string {
  return flux(keep(column), `  |> ${fn}(column: "${column}")`);
}

function isOneOf(fields: readonly string[]): string {
  return `(${fields.map((field) => `r._field == "${field}"`).join(' or ')})`;
}

function list(names: readonly string[]): string {
  return `[${names.map((name) => `"${name}"`).join(', ')}]`;
}
