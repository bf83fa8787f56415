/** Every column that a query may yield, with the name and unit that people see. Signals come from the contract's table. */
import { isSignalName, SIGNALS, type SignalName } from '@fleet/contract';

/** How a column is shown. */
export interface Column {
  readonly label: string;
  /** As Grafana calls units. */
  readonly unit: string;
  readonly decimals?: number;
}

/** Grafana's names for the contract's units; others are written behind the number as they are. */
const GRAFANA_UNITS: Readonly<Record<string, string>> = {
  'km/h': 'velocitykmh',
  rpm: 'rotrpm',
  '°C': 'celsius',
  '%': 'percent',
  '°': 'degree',
  m: 'lengthm',
  km: 'lengthkm',
  V: 'volt',
  kPa: 'pressurekpa',
  'm/s²': 'accMS2',
  '': 'none',
};

/** Ratios from 0 to 1, which the contract writes without a unit. */
const RATIOS: readonly SignalName[] = ['throttle_pos'];

/** Fields of trips in the meta bucket. */
export const TRIP_COLUMNS = {
  live: column('Live'),
  end_ts: column('End'),
  events: column('Events', 'short'),
  duration_s: column('Duration', 's'),
  distance_km: column('Distance', 'lengthkm', 1),
  distance_gap_km: column('Distance over gaps', 'lengthkm', 1),
  mean_speed_kph: column('Mean speed', 'velocitykmh', 0),
  max_speed_kph: column('Top speed', 'velocitykmh', 0),
  longest_gap_s: column('Longest gap', 's'),
  missing_count: column('Missing events', 'short'),
  braking_count: column('Hard braking', 'short'),
  acceleration_count: column('Hard acceleration', 'short'),
  idle_s: column('Idling', 's'),
  fuel_l: column('Fuel', 'litre', 2),
} as const satisfies Record<string, Column>;

/** Fields of vehicles in the meta bucket, beside their newest signals. */
export const VEHICLE_COLUMNS = {
  gone: column('Gone'),
  names: column('Names'),
  last_ts: column('Last heard of'),
  trip_from: column('Newest trip'),
  trip_count: column('Trips', 'short'),
  dtcs: column('Trouble codes'),
} as const satisfies Record<string, Column>;

/** Columns that queries make. */
const MADE_COLUMNS = {
  vin: column('Vehicle'),
  start: column('Start', 'dateTimeAsIso'),
  end: column('End', 'dateTimeAsIso'),
  last_heard: column('Last heard of', 'dateTimeFromNow'),
  age_s: column('Age', 's', 0),
  completeness_pct: column('Complete', 'percent', 1),
  consumption_l_100km: column('Consumption', 'suffix: l/100 km', 1),
  idle_pct: column('Idling', 'percent', 1),
  harsh_per_100km: column('per 100 km', 'none', 1),
  share_pct: column('Share of time', 'percent', 1),
  kph: column('Speed', 'velocitykmh', 0),
  band: column('Speed', 'velocitykmh', 0),
  hour: column('Hour', 'none', 0),
  kind: column('Kind'),
  seconds: column('Lasted', 's', 1),
  peak_mps2: column('Strongest', 'accMS2', 1),
  gap_s: column('Gap', 's', 0),
  minute: column('Minutes since start', 'm', 0),
  newest: column('Newest drive', 'celsius', 0),
  mean: column('Mean of all', 'celsius', 0),
  coldest: column('Coldest', 'celsius', 0),
  warmest: column('Warmest', 'celsius', 0),
  at_rest: column('At rest', 'volt', 2),
  charging: column('Engine running', 'volt', 2),
  lowest: column('Lowest (cranking)', 'volt', 2),
  code: column('Code'),
  first_seen: column('First seen', 'dateTimeAsIso'),
  last_seen: column('Last seen', 'dateTimeFromNow'),
  times: column('Times', 'short'),
  reason: column('Reason'),
  letters: column('Dead letters', 'short'),
  device: column('Device'),
  source: column('Source'),
  field: column('Signal'),
  trips: column('Trips', 'short'),
  vehicles: column('Vehicles', 'short'),
  series: column('Series', 'short'),
  requests: column('Requests', 'reqps'),
  latency: column('Latency', 's'),
  rate: column('Rate', 'cps'),
  ratio: column('Share', 'percentunit', 1),
  bytes: column('Bytes', 'bytes'),
  state: column('State', 'bool_yes_no'),
  clients: column('Clients', 'short'),
  when: column('When', 'dateTimeFromNow'),
  Mon: column('Mon', 'velocitykmh', 0),
  Tue: column('Tue', 'velocitykmh', 0),
  Wed: column('Wed', 'velocitykmh', 0),
  Thu: column('Thu', 'velocitykmh', 0),
  Fri: column('Fri', 'velocitykmh', 0),
  Sat: column('Sat', 'velocitykmh', 0),
  Sun: column('Sun', 'velocitykmh', 0),
} as const satisfies Record<string, Column>;

export type TripField = keyof typeof TRIP_COLUMNS;
export type VehicleField = keyof typeof VEHICLE_COLUMNS | SignalName;
export type EventField = SignalName | 'seq' | 'source' | 'dtcs';
export type ColumnName = SignalName | keyof typeof KNOWN;

const KNOWN = { ...VEHICLE_COLUMNS, ...TRIP_COLUMNS, ...MADE_COLUMNS };

/** How a column is shown. */
export function columnOf(name: ColumnName): Column {
  if (!isSignalName(name)) return KNOWN[name];
  const { label, unit, decimals } = SIGNALS[name];
  if (RATIOS.includes(name)) return { label, unit: 'percentunit' };
  return { label, unit: GRAFANA_UNITS[unit] ?? `suffix: ${unit}`, decimals: Math.min(decimals, 2) };
}

function column(label: string, unit = 'none', decimals?: number): Column {
  return decimals === undefined ? { label, unit } : { label, unit, decimals };
}
