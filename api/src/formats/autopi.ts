/**
 * AutoPi's own uploader pointed elsewhere: a POST of a JSON array, often gzipped, one reading an entry.
 * @see https://github.com/autopi-io/autopi-core src/salt/base/ext/_utils/cloud_cache.py
 */
import { ok, type Problem, type Result } from '@fleet/contract';
import type { AppRequest, Candidate, Decoded, Format } from './format.ts';
import { answersOf, EMPTY, eachOf } from './format.ts';
import {
  aliasesOf,
  anyTime,
  type JsonObject,
  jsonObjects,
  objectIn,
  type Reading,
  type Readings,
  Signals,
  signalNamed,
} from './reading.ts';

const POSITION: Readings = {
  sog: { signal: 'gps_speed_kph' },
  cog: { signal: 'heading_deg' },
  alt: { signal: 'altitude_m' },
  nsat: { signal: 'gps_satellites' },
};

/** Names of the OBD module, as in `obd.rpm`. */
const OBD: Readings = {
  speed: { signal: 'speed_kph' },
  rpm: { signal: 'rpm' },
  coolant_temp: { signal: 'coolant_c' },
  intake_temp: { signal: 'intake_c' },
  oil_temp: { signal: 'oil_c' },
  ambiant_air_temp: { signal: 'ambient_c' },
  throttle_pos: { signal: 'throttle_pos', times: 0.01 },
  engine_load: { signal: 'engine_load_pct' },
  fuel_level: { signal: 'fuel_level_pct' },
  fuel_rate: { signal: 'fuel_rate_lph' },
  maf: { signal: 'maf_g_s' },
  intake_pressure: { signal: 'map_kpa' },
  control_module_voltage: { signal: 'battery_v' },
  elm_voltage: { signal: 'battery_v' },
  short_fuel_trim_1: { signal: 'fuel_trim_short_pct' },
  long_fuel_trim_1: { signal: 'fuel_trim_long_pct' },
  hybrid_battery_remaining: { signal: 'soc_pct' },
  odometer: { signal: 'odometer_km' },
};

/** Of other kinds, by the name that they get here. */
const OTHERS: ReadonlyMap<string, Reading> = new Map([['obd_bat_voltage', { signal: 'battery_v' }]]);

export const AUTOPI: Format = {
  name: 'autopi',
  title: 'AutoPi',
  methods: ['post'],
  answers: answersOf(EMPTY),
  decode,
  setup: ({ server, key }) => ({
    url: `${server}/i/autopi`,
    steps: [
      'In the settings of the device, at the endpoint that it uploads to: url: the address above',
      `auth_token, in the same place: ${key}`,
      'It then sends to your server instead of the vendor’s cloud',
    ],
  }),
};

function decode({ body, query }: AppRequest): Result<Decoded, Problem> {
  const entries = jsonObjects(body);
  if (!entries.ok) return entries;
  const devices = aliasesOf(query.get('device_id'), query.get('id'));
  return ok({ candidates: eachOf(entries.value, (entry) => candidateOf(entry, devices)) });
}

/** Times are UTC, though they don't say so. */
function candidateOf(entry: JsonObject, devices: readonly string[]): Candidate[] {
  const { '@ts': time, '@t': type = '' } = entry;
  const [kind = '', name = ''] = String(type).split(/\.(?=[^.]*$)/);
  const signals = new Signals();
  if (name === 'pos') addPosition(signals, entry);
  else if (kind === 'obd' && Object.hasOwn(OBD, name))
    signals.addAll({ value: OBD[name] ?? { signal: name } }, () => entry['value']);
  else addNumbers(signals, [kind, name].filter((part) => part !== '').join('_'), entry);
  return signals.event(anyTime(time)).map((event) => ({ event, devices }));
}

function addPosition(signals: Signals, entry: JsonObject): void {
  const place = objectIn(entry, 'loc');
  signals.addPlace(place['lat'], place['lon']);
  signals.addAll(POSITION, (name) => entry[name]);
}

/** Whatever else was measured, under the entry's own name. */
function addNumbers(signals: Signals, kind: string, entry: JsonObject): void {
  for (const [name, value] of Object.entries(entry)) {
    if (name.startsWith('@') || typeof value === 'string') continue;
    const signal = signalNamed(name === 'value' ? kind : `${kind}_${name}`);
    if (signal !== undefined) signals.add(OTHERS.get(signal) ?? { signal }, value);
  }
}
