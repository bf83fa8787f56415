/**
 * The vocabulary: every signal with a name, one row each. The row feeds the event's type and JSON Schema, the stored
 * precision, the docs and the units on screens, so a new signal is a new row and nothing else.
 *
 * Names are wire names: the same in JSON, InfluxDB fields and TypeScript, with the unit as suffix.
 */

/** What is known of one signal. */
export interface Signal {
  /** Unit as people write it, `''` for plain numbers. */
  readonly unit: string;
  /** Smallest value that an event may carry, inclusive. */
  readonly min: number;
  /** Largest value that an event may carry, inclusive. */
  readonly max: number;
  /** Decimal places that matter. Storage is exact beyond them too, only less compact. */
  readonly decimals: number;
  /** OBD-II service 01 parameter id (SAE J1979) in hexadecimal, or null where OBD-II has none. */
  readonly pid: string | null;
  /** Path in the COVESA Vehicle Signal Specification 6, or null where it has none. */
  readonly vss: string | null;
  /** Short name for people. */
  readonly label: string;
}

const VSS = {
  engine: 'Vehicle.Powertrain.CombustionEngine',
  location: 'Vehicle.CurrentLocation',
} as const;

/** All named signals. An event may carry others too, see `CUSTOM_SIGNAL_NAME`. */
export const SIGNALS = {
  speed_kph: signal('km/h', 0, 500, 2, '0D', 'Vehicle.Speed', 'Speed'),
  gps_speed_kph: signal('km/h', 0, 500, 2, null, null, 'GPS speed'),
  rpm: signal('rpm', 0, 20_000, 2, '0C', `${VSS.engine}.Speed`, 'Engine speed'),
  coolant_c: signal('°C', -60, 250, 1, '05', `${VSS.engine}.EngineCoolant.Temperature`, 'Coolant'),
  throttle_pos: signal('', 0, 1, 4, '11', `${VSS.engine}.TPS`, 'Throttle position'),
  soc_pct: signal('%', 0, 100, 2, '5B', 'Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed', 'Charge'),
  fuel_level_pct: signal('%', 0, 100, 2, '2F', 'Vehicle.Powertrain.FuelSystem.RelativeLevel', 'Fuel level'),
  lat: signal('°', -90, 90, 7, null, `${VSS.location}.Latitude`, 'Latitude'),
  lon: signal('°', -180, 180, 7, null, `${VSS.location}.Longitude`, 'Longitude'),
  altitude_m: signal('m', -1_000, 20_000, 1, null, `${VSS.location}.Altitude`, 'Altitude'),
  heading_deg: signal('°', 0, 360, 2, null, `${VSS.location}.Heading`, 'Heading'),
  hdop: signal('', 0, 1_000, 2, null, null, 'Horizontal dilution of precision'),
  gps_satellites: signal('', 0, 255, 0, null, null, 'Satellites'),
  battery_v: signal('V', 0, 100, 3, '42', 'Vehicle.LowVoltageBattery.CurrentVoltage', 'Battery'),
  engine_load_pct: signal('%', 0, 100, 2, '04', null, 'Engine load'),
  intake_c: signal('°C', -60, 250, 1, '0F', null, 'Intake air'),
  maf_g_s: signal('g/s', 0, 3_000, 2, '10', `${VSS.engine}.MAF`, 'Mass air flow'),
  map_kpa: signal('kPa', 0, 3_000, 1, '0B', `${VSS.engine}.MAP`, 'Manifold pressure'),
  oil_c: signal('°C', -60, 250, 1, '5C', `${VSS.engine}.EngineOil.Temperature`, 'Oil'),
  ambient_c: signal('°C', -90, 250, 1, '46', 'Vehicle.Exterior.AirTemperature', 'Outside air'),
  fuel_rate_lph: signal('l/h', 0, 4_000, 2, '5E', null, 'Fuel rate'),
  odometer_km: signal('km', 0, 10_000_000, 1, 'A6', 'Vehicle.TraveledDistance', 'Odometer'),
  fuel_trim_short_pct: signal('%', -100, 100, 2, '06', null, 'Short-term fuel trim, bank 1'),
  fuel_trim_long_pct: signal('%', -100, 100, 2, '07', null, 'Long-term fuel trim, bank 1'),
  accel_long_mps2: signal('m/s²', -200, 200, 3, null, 'Vehicle.Acceleration.Longitudinal', 'Acceleration, lengthwise'),
  accel_lat_mps2: signal('m/s²', -200, 200, 3, null, 'Vehicle.Acceleration.Lateral', 'Acceleration, sideways'),
} as const satisfies Record<string, Signal>;

/** The wire name of a signal in the table. */
export type SignalName = keyof typeof SIGNALS;

/** Every signal name, in the table's order. */
export const SIGNAL_NAMES = Object.keys(SIGNALS) as readonly SignalName[];

/** Numeric values of one instant by wire name: signals of the table and custom ones. */
export type SignalValues = Readonly<Record<string, number>>;

/** A numeric property outside the table is kept as a custom signal when its name looks like this. */
export const CUSTOM_SIGNAL_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Most custom signals that one event may carry. */
export const MAX_CUSTOM_SIGNALS = 32;

/** Decimal places that are stored compactly for a custom signal. */
export const CUSTOM_SIGNAL_DECIMALS = 3;

/**
 * Names that no signal may take: the envelope's own, those that InfluxDB tags, fields or columns need, and those that
 * stand beside signals in answers.
 */
export const RESERVED_NAMES: readonly string[] = [
  ...['schema_version', 'vin', 'vehicle_id', 'vehicle', 'ts', 'trip_id', 'seq', 'dtcs'],
  ...['time', 'source'],
  ...['name', 'older'],
];

/** Whether a wire name belongs to the table. */
export function isSignalName(name: string): name is SignalName {
  return Object.hasOwn(SIGNALS, name);
}

function signal(
  unit: string,
  min: number,
  max: number,
  decimals: number,
  pid: string | null,
  vss: string | null,
  label: string,
): Signal {
  return { unit, min, max, decimals, pid, vss, label };
}
