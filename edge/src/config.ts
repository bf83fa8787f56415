/** The configuration of the edge. */
import { isVehicle } from '@fleet/contract';
import { readSettings, type Settings } from '@fleet/env';
import { CONFIG_SPEC } from './config-spec.ts';
import { type Address, parseAddress } from './streams/open-stream.ts';

/** Where values come from: something real, or a recorded drive. */
export type SourceAddress = Address | { readonly kind: 'sim'; readonly file: string };

type Read = Settings<typeof CONFIG_SPEC>;

export interface Config extends Omit<Read, 'OBD_URL' | 'GNSS_URL'> {
  readonly obd: SourceAddress | undefined;
  readonly gnss: (SourceAddress & { readonly protocol: 'gpsd' | 'nmea' }) | undefined;
}

/** What is wrong with the settings, a line each. */
export class ConfigError extends Error {}

/** Most dongles, and Bluetooth's serial ports, whatever they are set to. */
const OBD_DEFAULTS = { baud: 38_400 };
const NMEA_DEFAULTS = { baud: 9_600 };
const GPSD_DEFAULTS = { baud: 9_600, port: 2_947 };
const SHORTEST_SAMPLE_MS = 100;

/** What is wrong beyond the form of a single setting. */
const FAULTS: readonly (readonly [
  (read: Read & { readonly obd: unknown; readonly gnss: unknown }) => boolean,
  string,
])[] = [
  [
    ({ OBD_URL, obd }) => OBD_URL !== undefined && obd === undefined,
    'OBD_URL must be as in /dev/ttyUSB0 or tcp://192.168.0.10:35000',
  ],
  [
    ({ GNSS_URL, gnss }) => GNSS_URL !== undefined && gnss === undefined,
    'GNSS_URL must be as in gpsd://localhost or /dev/ttyACM0',
  ],
  [({ SAMPLE_EVERY }) => SAMPLE_EVERY < SHORTEST_SAMPLE_MS, 'SAMPLE_EVERY must be at least 100ms'],
  // The server would refuse each event for ever.
  [
    ({ VEHICLE }) => VEHICLE !== undefined && !isVehicle(VEHICLE),
    'VEHICLE must be of up to 64 letters, digits, - and _, as the server has it',
  ],
  [
    ({ SERVER_URL, DEVICE_KEY }) => SERVER_URL !== undefined && DEVICE_KEY === undefined,
    'DEVICE_KEY is missing: npx fleet keys add, on the server',
  ],
];

/** Reads the configuration. Throws `ConfigError` with everything that is wrong. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const read = readSettings(CONFIG_SPEC, env);
  if (!read.ok) throw new ConfigError(read.error.join('\n'));
  const { OBD_URL, GNSS_URL, ...rest } = read.value;
  const obd = sourceOf(OBD_URL, OBD_DEFAULTS);
  const isGpsd = GNSS_URL?.startsWith('gpsd:') ?? false;
  const gnss = sourceOf(GNSS_URL, isGpsd ? GPSD_DEFAULTS : NMEA_DEFAULTS);
  const faults = FAULTS.flatMap(([isWrong, words]) => (isWrong({ ...read.value, obd, gnss }) ? [words] : []));
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return { ...rest, obd, gnss: gnss && { ...gnss, protocol: isGpsd ? 'gpsd' : 'nmea' } };
}

function sourceOf(text: string | undefined, defaults: { baud: number; port?: number }): SourceAddress | undefined {
  if (text === undefined) return undefined;
  if (text.startsWith('sim:')) return { kind: 'sim', file: text.slice('sim:'.length) };
  return parseAddress(text, defaults);
}
