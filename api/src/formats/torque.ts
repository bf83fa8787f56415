/**
 * Torque Pro's "Upload to web server": a GET with everything in the query, one instant a request.
 * @see https://github.com/econpy/torque web/upload_data.php
 */
import { ok } from '@fleet/contract';
import type { AppRequest, Decoded, Format, SignalLabel } from './format.ts';
import { answersOf } from './format.ts';
import { ACCURACY, aliasesOf, formOf, numberIn, parametersOf, type Readings, Signals, timeText } from './reading.ts';

/** Torque's codes, in hexadecimal without leading zeros. Values come in Torque's own units, whatever the user looks at. */
const CODES: Readings = {
  d: { signal: 'speed_kph' },
  ff1001: { signal: 'gps_speed_kph' },
  c: { signal: 'rpm' },
  '5': { signal: 'coolant_c' },
  '11': { signal: 'throttle_pos', times: 0.01 },
  '5b': { signal: 'soc_pct' },
  '2f': { signal: 'fuel_level_pct' },
  ff1010: { signal: 'altitude_m' },
  ff1007: { signal: 'heading_deg' },
  ff123b: { signal: 'heading_deg' },
  ff123a: { signal: 'gps_satellites' },
  ff1239: ACCURACY,
  '42': { signal: 'battery_v' },
  ff1238: { signal: 'battery_v' },
  '4': { signal: 'engine_load_pct' },
  '43': { signal: 'absolute_load_pct' },
  f: { signal: 'intake_c' },
  '10': { signal: 'maf_g_s' },
  b: { signal: 'map_kpa' },
  '5c': { signal: 'oil_c' },
  '46': { signal: 'ambient_c' },
  '5e': { signal: 'fuel_rate_lph', times: 60 },
  ff125d: { signal: 'fuel_rate_lph' },
  ff125a: { signal: 'fuel_rate_lph', times: 0.06 },
  a6: { signal: 'odometer_km' },
  ff120c: { signal: 'odometer_km' },
  '6': { signal: 'fuel_trim_short_pct' },
  '7': { signal: 'fuel_trim_long_pct' },
  '8': { signal: 'fuel_trim_short_b2_pct' },
  '9': { signal: 'fuel_trim_long_b2_pct' },
  e: { signal: 'timing_advance_deg' },
  '1f': { signal: 'engine_run_s' },
  '21': { signal: 'mil_distance_km' },
  '31': { signal: 'distance_since_clear_km' },
  '33': { signal: 'barometer_kpa' },
  ff1270: { signal: 'phone_barometer_kpa', times: 0.1 },
  '3c': { signal: 'catalyst_b1s1_c' },
  '3d': { signal: 'catalyst_b2s1_c' },
  '3e': { signal: 'catalyst_b1s2_c' },
  '3f': { signal: 'catalyst_b2s2_c' },
  '45': { signal: 'throttle_relative_pct' },
  '47': { signal: 'throttle_b_pct' },
  '49': { signal: 'pedal_d_pct' },
  '4a': { signal: 'pedal_e_pct' },
  '4b': { signal: 'pedal_f_pct' },
  '5a': { signal: 'pedal_relative_pct' },
  '52': { signal: 'ethanol_pct' },
  fe1805: { signal: 'transmission_c' },
  b4: { signal: 'transmission_c' },
  ff1271: { signal: 'trip_fuel_l' },
  ff1204: { signal: 'trip_distance_km' },
  ff126a: { signal: 'range_km' },
  ff1207: { signal: 'fuel_l_per_100km' },
  ff5203: { signal: 'fuel_mean_l_per_100km' },
  ff1202: { signal: 'boost_kpa', times: 6.894757 },
  ff1220: { signal: 'phone_accel_x_g' },
  ff1221: { signal: 'phone_accel_y_g' },
  ff1222: { signal: 'phone_accel_z_g' },
  ff1223: { signal: 'phone_accel_g' },
  ff1225: { signal: 'torque_ft_lb' },
  ff1226: { signal: 'wheel_power_hp' },
  ff1273: { signal: 'wheel_power_kw' },
  ff1257: { signal: 'co2_g_per_km' },
  ff1258: { signal: 'co2_mean_g_per_km' },
};

const LATITUDE = 'ff1006';
const LONGITUDE = 'ff1005';
/** Times and averages that Torque works out from what it sends anyway. */
const LEFT_OUT = new Set([LATITUDE, LONGITUDE, 'ff1263', 'ff1266', 'ff1267', 'ff1268', 'ff1272']);

export const TORQUE: Format = {
  name: 'torque',
  title: 'Torque Pro',
  methods: ['get', 'post'],
  // Whatever else it gets, it sends the same point again and again.
  answers: answersOf({ status: 200, type: 'text/plain', body: 'OK!' }),
  decode,
  setup: ({ url }) => ({
    url,
    steps: [
      'Settings → Data Logging & Upload → Webserver URL: the address above',
      'Below it: User Email Address may stay empty; switch on "Upload to webserver" and "Only when OBD connected" as you like',
      'Select what to log: at least Speed (OBD), Engine RPM, and GPS latitude, longitude and speed',
    ],
  }),
};

function decode({ query, body, latest, now }: AppRequest) {
  const form = formOf(body);
  if (!form.ok) return form;
  const parameters = parametersOf([query, form.value]);
  const codes = codesIn(parameters);
  const signals = new Signals();
  signals.addPlace(codes.get(LATITUDE), codes.get(LONGITUDE));
  signals.addAll(CODES, (code) => codes.get(code));
  for (const [code, value] of codes) {
    if (!Object.hasOwn(CODES, code) && !LEFT_OUT.has(code)) signals.add({ signal: `k${code}` }, value);
  }
  const events = signals.event(timeIn(parameters.get('time'), latest, now));
  const session = parameters.get('session') || undefined;
  const devices = aliasesOf(parameters.get('id'));
  const decoded: Decoded = {
    candidates: events.map((event) => ({ event, devices, session })),
    labelling: { devices, labels: labelsIn(parameters) },
  };
  return ok(decoded);
}

/** The values by code: `k05` and `k5` are one. */
function codesIn(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...parameters].flatMap(([name, value]) => {
      const [, hex] = /^k([0-9a-f]{1,12})$/i.exec(name) ?? [];
      return hex === undefined ? [] : [[codeOf(hex), value] as const];
    }),
  );
}

function codeOf(hex: string): string {
  return Number.parseInt(hex, 16).toString(16);
}

/** A time that a phone's wrong clock put too far ahead is the time of arrival; one of long ago is a drive without network. */
function timeIn(raw: string | undefined, latest: number, now: number): string | undefined {
  const ms = numberIn(raw);
  if (ms === undefined) return raw;
  return timeText(ms > latest ? now : ms);
}

/** What Torque calls codes that have no name here, and the units of their values, which come in requests of their own. */
function labelsIn(parameters: ReadonlyMap<string, string>): SignalLabel[] {
  const labels = new Map<string, { label: string; unit: string }>();
  for (const [name, text] of parameters) {
    // The unit that the user looks at (`userUnit`) is another.
    const [, kind, hex] = /^(userFullName|defaultUnit)([0-9a-f]{1,12})$/i.exec(name) ?? [];
    if (hex === undefined || Object.hasOwn(CODES, codeOf(hex)) || LEFT_OUT.has(codeOf(hex))) continue;
    const words = labels.get(codeOf(hex)) ?? { label: '', unit: '' };
    if (kind?.toLowerCase() === 'defaultunit') words.unit = unitOf(text);
    else words.label = text.replaceAll(/\s+/g, ' ').trim();
    labels.set(codeOf(hex), words);
  }
  return [...labels].map(([code, words]) => ({ signal: `k${code}`, ...words }));
}

/** Torque writes spaces for `/` and `%`. */
function unitOf(text: string): string {
  return text === ' ' ? '%' : text.trim().replaceAll(' ', '/');
}
