/**
 * Tesla's fleet-telemetry server with its MQTT producer: one field a message, without a time, under `<VIN>/v/<field>`.
 * @see https://github.com/teslamotors/fleet-telemetry datastore/mqtt/README.md
 */
import { ok, type Problem, type Result } from '@fleet/contract';
import { parseWithin } from '../ingest/json-bounds.ts';
import type { Decoded } from './format.ts';
import { APP_JSON, aliasesOf, isObject, type Reading, type Readings, Signals, timeText } from './reading.ts';

const MILES: Pick<Reading, 'times'> = { times: 1.609344 };
const BAR: Pick<Reading, 'times'> = { times: 100 };

/** Fields that are numbers; words (gears, states) are left out. */
const FIELDS: Readings = {
  VehicleSpeed: { signal: 'speed_kph', ...MILES },
  Odometer: { signal: 'odometer_km', ...MILES },
  Soc: { signal: 'soc_pct' },
  GpsHeading: { signal: 'heading_deg' },
  OutsideTemp: { signal: 'ambient_c' },
  InsideTemp: { signal: 'inside_c' },
  BatteryLevel: { signal: 'battery_level_pct' },
  EstBatteryRange: { signal: 'range_km', ...MILES },
  PackVoltage: { signal: 'hv_battery_v' },
  PackCurrent: { signal: 'hv_battery_a' },
  TpmsPressureFl: { signal: 'tyre_fl_kpa', ...BAR },
  TpmsPressureFr: { signal: 'tyre_fr_kpa', ...BAR },
  TpmsPressureRl: { signal: 'tyre_rl_kpa', ...BAR },
  TpmsPressureRr: { signal: 'tyre_rr_kpa', ...BAR },
};

/** What a field says; nothing where it is none that is kept. */
export function decodeTeslaField(vin: string, field: string, payload: Buffer, now: number): Result<Decoded, Problem> {
  const isPlace = field === 'Location';
  if (!isPlace && !Object.hasOwn(FIELDS, field)) return ok({ candidates: [] });
  const value = parseWithin(payload, APP_JSON);
  if (!value.ok) return value;
  const signals = new Signals();
  if (isPlace && isObject(value.value)) signals.addPlace(value.value['latitude'], value.value['longitude']);
  else signals.addAll(FIELDS, (name) => (name === field ? value.value : undefined));
  const events = signals.event(timeText(now));
  return ok({ candidates: events.map((event) => ({ event, devices: aliasesOf(vin) })) });
}
