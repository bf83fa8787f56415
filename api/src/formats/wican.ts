/**
 * WiCAN Pro's HTTPS POST: what it read from the car; a time and a place only where its firmware and a receiver add them.
 * @see https://github.com/meatpiHQ/wican-fw docs/content/9.HTTPS/0.HTTPS.md
 */
import { DTC, MAX_DTCS, ok, type Problem, type Result, SIGNAL_NAMES, SIGNALS } from '@fleet/contract';
import type { AppRequest, Decoded, Format } from './format.ts';
import { answersOf, EMPTY } from './format.ts';
import {
  ACCURACY,
  aliasesOf,
  isObject,
  type JsonObject,
  jsonObject,
  numberIn,
  objectIn,
  type Reading,
  type Readings,
  Signals,
  signalNamed,
  timeText,
} from './reading.ts';

const PSI: Pick<Reading, 'times'> = { times: 6.894757 };

/** Names of vehicle profiles and of a receiver at its side, in whatever case. */
const NAMES: Readings = {
  SPEED: { signal: 'speed_kph' },
  ENGINE_RPM: { signal: 'rpm' },
  COOLANT_TMP: { signal: 'coolant_c' },
  THROTTLE: { signal: 'throttle_pos', times: 0.01 },
  FUEL: { signal: 'fuel_level_pct' },
  SOC_D: { signal: 'soc_pct' },
  SOC: { signal: 'soc_pct' },
  SOH: { signal: 'soh_pct' },
  LV_V: { signal: 'battery_v' },
  HV_V: { signal: 'hv_battery_v' },
  HV_A: { signal: 'hv_battery_a' },
  HV_W: { signal: 'hv_power_w' },
  ODOMETER: { signal: 'odometer_km' },
  RANGE: { signal: 'range_km' },
  ENGINE_OIL_TEMP: { signal: 'oil_c' },
  INTAKE_AIR_TMP: { signal: 'intake_c' },
  MAF: { signal: 'maf_g_s' },
  TYRE_P_FL: { signal: 'tyre_fl_kpa', ...PSI },
  TYRE_P_FR: { signal: 'tyre_fr_kpa', ...PSI },
  TYRE_P_RL: { signal: 'tyre_rl_kpa', ...PSI },
  TYRE_P_RR: { signal: 'tyre_rr_kpa', ...PSI },
  BATTERY_VOLTAGE: { signal: 'battery_v' },
  TMP_A: { signal: 'ambient_c' },
  T_CAB: { signal: 'inside_c' },
  BATT_TEMP: { signal: 'hv_battery_c' },
  VehicleSpeed: { signal: 'speed_kph' },
  EngineRPM: { signal: 'rpm' },
  gps_speed: { signal: 'gps_speed_kph' },
  gps_altitude: { signal: 'altitude_m' },
  gps_heading: { signal: 'heading_deg' },
  gps_satellites: { signal: 'gps_satellites' },
  gps_accuracy: ACCURACY,
};

/** What is said for itself. */
const LEFT_OUT = new Set(
  ['DIAGNOSTIC_TROUBLE_CODES', 'gps_latitude', 'gps_longitude', 'timestamp', ...Object.keys(NAMES)].map((name) =>
    name.toLowerCase(),
  ),
);

/** Signals by the parameter id of OBD-II, in hexadecimal. */
const PIDS = new Map(SIGNAL_NAMES.flatMap((name) => (SIGNALS[name].pid === null ? [] : [[SIGNALS[name].pid, name]])));

/** A clock that says less was never set. */
const CLOCK_IS_SET = Date.UTC(2020, 0);

export const WICAN: Format = {
  name: 'wican',
  title: 'WiCAN Pro',
  methods: ['post'],
  answers: answersOf(EMPTY),
  decode,
  setup: ({ url }) => ({
    url,
    steps: [
      'In the WiCAN’s own page, Automate: a destination HTTPS POST with the address above, Grouping on (firmware 4.40 or later)',
      'Cycle: 1000 ms for a curve worth looking at, 5000 ms to save mobile data',
      'Without a receiver it knows no place: set up a phone for the same vehicle, and both fill one trip',
    ],
  }),
};

function decode({ body, query, now, latest }: AppRequest): Result<Decoded, Problem> {
  const message = jsonObject(body);
  if (!message.ok) return message;
  const data = isObject(message.value['autopid_data']) ? message.value['autopid_data'] : bare(message.value);
  if (objectIn(data, '_meta')['stale'] === true || objectIn(message.value, '_meta')['stale'] === true) {
    // It repeats what it once read: no new sample.
    return ok({ candidates: [] });
  }
  const values = new Map(Object.entries(data).map(([name, value]) => [name.toLowerCase(), value]));
  const signals = new Signals();
  signals.addPlace(values.get('gps_latitude'), values.get('gps_longitude'));
  signals.addAll(NAMES, (name) => values.get(name.toLowerCase()));
  for (const [name, value] of Object.entries(data)) addNamed(signals, name, value);
  const ts = timeText(timeIn(values.get('timestamp'), latest) ?? now);
  const events = signals.event(ts, codesIn(values.get('diagnostic_trouble_codes')));
  const devices = aliasesOf(query.get('device_id'), query.get('id'), objectIn(message.value, 'status')['device_id']);
  return ok({ candidates: events.map((event) => ({ event, devices })) });
}

/** A message that is nothing but values. What the device says of itself may hold names and tokens of networks. */
function bare({ config: _config, status: _status, ...values }: JsonObject): JsonObject {
  return values;
}

/** Its clock, milliseconds since 1970, where it was set: it has none before it heard of a network. */
function timeIn(seconds: unknown, latest: number): number | undefined {
  const ms = (numberIn(seconds) ?? 0) * 1_000;
  return ms >= CLOCK_IS_SET && ms <= latest ? ms : undefined;
}

function addNamed(signals: Signals, name: string, value: unknown): void {
  if (LEFT_OUT.has(name.toLowerCase())) return;
  const [, hex = ''] = /^([0-9A-F]{2})-/i.exec(name) ?? [];
  const known = PIDS.get(hex.toUpperCase());
  const signal = known ?? signalNamed(name);
  if (signal === undefined) return;
  signals.add(signal === 'throttle_pos' && known !== undefined ? { signal, times: 0.01 } : { signal }, onOff(value));
}

function onOff(value: unknown): unknown {
  const text = typeof value === 'string' ? value.toLowerCase() : value;
  return text === 'on' ? 1 : text === 'off' ? 0 : value;
}

/** Far more than there can be at once, right or wrong. */
const MOST_CODES = 1_000;

/** Trouble codes as text with commas between, or as a list. */
function codesIn(raw: unknown): readonly string[] | undefined {
  if (typeof raw !== 'string' && !Array.isArray(raw)) return undefined;
  const said = Array.isArray(raw) ? raw.slice(0, MOST_CODES) : raw.split(',', MOST_CODES);
  const codes = said.map((code) => String(code).trim().toUpperCase());
  return [...new Set(codes)].filter((code) => DTC.test(code)).slice(0, MAX_DTCS);
}
