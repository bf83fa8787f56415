/**
 * GPSLogger for Android, "Log to custom URL": the user writes the address, so names are taken as its placeholders have
 * them. With auto sending every point may come twice.
 * @see https://gpslogger.app/#usingthecustomurlfeature
 */
import { ok, type Problem, type Result } from '@fleet/contract';
import type { AppRequest, Decoded, Format } from './format.ts';
import { answersOf, EMPTY } from './format.ts';
import {
  ACCURACY,
  aliasesOf,
  anyTime,
  formOf,
  jsonObject,
  MPS,
  PHONE_BATTERY,
  parametersOf,
  type Readings,
  Signals,
} from './reading.ts';

/** Placeholders in small letters. Units are SI. */
const PARAMETERS: Readings = {
  spd: { signal: 'gps_speed_kph', times: MPS },
  speed: { signal: 'gps_speed_kph', times: MPS },
  spd_kph: { signal: 'gps_speed_kph' },
  dir: { signal: 'heading_deg' },
  alt: { signal: 'altitude_m' },
  sat: { signal: 'gps_satellites' },
  hdop: { signal: 'hdop' },
  vdop: { signal: 'vdop' },
  pdop: { signal: 'pdop' },
  acc: ACCURACY,
  batt: PHONE_BATTERY,
  ischarging: { signal: 'phone_charging' },
  dist: { signal: 'session_distance_m' },
};

const TEMPLATE =
  'lat=%LAT&lon=%LON&timestamp=%TIMESTAMP&spd=%SPD&alt=%ALT&acc=%ACC&dir=%DIR&sat=%SAT&hdop=%HDOP&batt=%BATT&starttimestamp=%STARTTIMESTAMP&aid=%AID';

export const GPSLOGGER: Format = {
  name: 'gpslogger',
  title: 'GPSLogger',
  methods: ['get', 'post'],
  answers: answersOf(EMPTY),
  decode,
  setup: ({ url }) => ({
    url: `${url}?${TEMPLATE}`,
    steps: [
      'Logging details → Log to custom URL: on; URL: the whole address above; HTTP method: POST or GET',
      'Switch on "Allow auto sending" there too: what had no network comes later, and what comes twice is one',
      'Performance → Time before logging: 1 to 5 seconds',
    ],
  }),
};

function decode({ query, body, headers }: AppRequest): Result<Decoded, Problem> {
  const own = bodyOf(body, headers['content-type']);
  if (!own.ok) return own;
  const parameters = parametersOf([query, own.value], (name) => name.toLowerCase());
  const signals = new Signals();
  signals.addPlace(parameters.get('lat'), parameters.get('lon'));
  signals.addAll(PARAMETERS, (name) => parameters.get(name));
  // Always the same of several, so that a point that comes twice is one.
  const time = ['timestamp', 'time', 'timeoffset'].map((name) => parameters.get(name)).find((text) => !!text);
  const events = signals.event(anyTime(time));
  const devices = aliasesOf(parameters.get('aid'), parameters.get('ser'));
  const session = parameters.get('starttimestamp') || undefined;
  return ok({ candidates: events.map((event) => ({ event, devices, session })) });
}

function bodyOf(body: Buffer, type = ''): Result<URLSearchParams, Problem> {
  if (!/\bjson\b/i.test(type)) return formOf(body);
  const value = jsonObject(body);
  if (!value.ok) return value;
  return ok(
    new URLSearchParams(Object.entries(value.value).map(([name, each]): [string, string] => [name, String(each)])),
  );
}
