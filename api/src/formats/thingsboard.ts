/**
 * ThingsBoard's device API over HTTP, which many sketches for microcontrollers speak.
 * @see https://thingsboard.io/docs/reference/http-api/#telemetry-upload-api
 */
import { ok, type Problem, type Result } from '@fleet/contract';
import type { AppRequest, Candidate, Decoded, Format } from './format.ts';
import { answersOf, EMPTY, eachOf } from './format.ts';
import {
  aliasesOf,
  anyTime,
  isObject,
  type JsonObject,
  jsonObjects,
  type Readings,
  Signals,
  signalNamed,
  timeText,
} from './reading.ts';

/** Names that sketches use, beside those of the vocabulary. */
const NAMES: Readings = {
  speed: { signal: 'speed_kph' },
  altitude: { signal: 'altitude_m' },
  heading: { signal: 'heading_deg' },
  course: { signal: 'heading_deg' },
  satellites: { signal: 'gps_satellites' },
};

/** Latitude and longitude under the names that people give them. */
const PLACES = [
  ['lat', 'lon'],
  ['latitude', 'longitude'],
  ['lat', 'lng'],
] as const;
const LEFT_OUT = new Set<string>(PLACES.flat());

export const THINGSBOARD: Format = {
  name: 'thingsboard',
  title: 'ThingsBoard device API',
  methods: ['post'],
  answers: answersOf(EMPTY),
  paths: ['/api/v1/{key}/telemetry'],
  decode,
  setup: ({ server, key }) => ({
    url: `${server}/api/v1/${key}/telemetry`,
    steps: [
      'In the sketch: server as in the address above, access token: the part between /v1/ and /telemetry',
      'Send {"ts": 1762257244467, "values": {"speed_kph": 50, "rpm": 2000}}: with ts nothing is stored twice',
      'Names of signals are in docs/signals.md; lat and lon come together',
    ],
  }),
};

function decode({ body, query, now }: AppRequest): Result<Decoded, Problem> {
  const entries = jsonObjects(body);
  if (!entries.ok) return entries;
  const devices = aliasesOf(query.get('device_id'), query.get('id'));
  return ok({ candidates: eachOf(entries.value, (entry) => candidateOf(entry, devices, now)) });
}

function candidateOf(entry: JsonObject, devices: readonly string[], now: number): Candidate[] {
  const { ts, values } = entry;
  const data = isObject(values) ? values : entry;
  const time = isObject(values) ? anyTime(ts) : undefined;
  const signals = new Signals();
  for (const [lat, lon] of PLACES) signals.addPlace(data[lat], data[lon]);
  signals.addAll(NAMES, (name) => data[name]);
  for (const [name, value] of Object.entries(data)) {
    const signal = LEFT_OUT.has(name) || Object.hasOwn(NAMES, name) ? undefined : signalNamed(name);
    if (signal !== undefined) signals.add({ signal }, value);
  }
  return signals.event(time ?? timeText(now)).map((event) => ({ event, devices }));
}
