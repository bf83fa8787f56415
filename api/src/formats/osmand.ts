/**
 * OsmAnd's live tracking and Traccar Client: a query or a form with one position, or since Traccar Client 9 JSON.
 * @see https://www.traccar.org/osmand/, https://github.com/traccar/traccar OsmAndProtocolDecoder.java
 */
import { ok, type Problem, type Result } from '@fleet/contract';
import type { AppRequest, Decoded, Format } from './format.ts';
import { answersOf, EMPTY } from './format.ts';
import {
  ACCURACY,
  aliasesOf,
  anyTime,
  formOf,
  isObject,
  type JsonObject,
  jsonObject,
  KNOTS,
  MPS,
  objectIn,
  PHONE_BATTERY,
  parametersOf,
  type Readings,
  Signals,
  signalNamed,
  timeText,
} from './reading.ts';

/**
 * Speed is in knots here, in metres a second in the JSON form. OsmAnd itself writes metres a second wherever its user
 * puts them: `unit=mps` in the address that we hand out says so.
 */
const PARAMETERS: Readings = {
  speed: { signal: 'gps_speed_kph', times: KNOTS },
  bearing: { signal: 'heading_deg' },
  heading: { signal: 'heading_deg' },
  altitude: { signal: 'altitude_m' },
  hdop: { signal: 'hdop' },
  accuracy: ACCURACY,
  batt: PHONE_BATTERY,
  charge: { signal: 'phone_charging' },
};

/** What is no number, or says nothing about the car. */
const LEFT_OUT = new Set(
  ['id', 'deviceid', 'timestamp', 'lat', 'lon', 'location', 'cell', 'wifi', 'valid', 'driverUniqueId', 'unit'].concat(
    Object.keys(PARAMETERS),
  ),
);

const COORDS: Readings = {
  speed: { signal: 'gps_speed_kph', times: MPS },
  heading: { signal: 'heading_deg' },
  altitude: { signal: 'altitude_m' },
  accuracy: ACCURACY,
};

export const OSMAND: Format = {
  name: 'osmand',
  title: 'OsmAnd, Traccar Client',
  methods: ['get', 'post'],
  answers: answersOf(EMPTY),
  decode,
  setup: ({ url }) => ({
    url,
    steps: [
      'Traccar Client: Settings → Server URL: the address above; or scan the code there',
      'OsmAnd: Plugins → Trip recording → Online tracking → Web address: the address above, followed by',
      '?lat={0}&lon={1}&timestamp={2}&accuracy={3}&altitude={4}&speed={5}&bearing={6}&unit=mps',
    ],
  }),
};

function decode(request: AppRequest): Result<Decoded, Problem> {
  const isJson = /\bjson\b/i.test(request.headers['content-type'] ?? '');
  return isJson ? decodeJson(request) : decodeParameters(request);
}

function decodeParameters({ query, body, now }: AppRequest): Result<Decoded, Problem> {
  const form = formOf(body);
  if (!form.ok) return form;
  const parameters = parametersOf([form.value, query]);
  const signals = new Signals();
  const [lat, lon] = parameters.get('location')?.split(',') ?? [parameters.get('lat'), parameters.get('lon')];
  if (!isInvalid(parameters.get('valid'))) signals.addPlace(lat, lon);
  if (parameters.get('unit') === 'mps') signals.add({ signal: 'gps_speed_kph', times: MPS }, parameters.get('speed'));
  signals.addAll(PARAMETERS, (name) => parameters.get(name));
  addOthers(signals, [...parameters]);
  const events = signals.event(anyTime(parameters.get('timestamp')) ?? timeText(now));
  const devices = aliasesOf(parameters.get('id'), parameters.get('deviceid'));
  return ok({ candidates: events.map((event) => ({ event, devices })) });
}

function isInvalid(valid: string | undefined): boolean {
  return valid !== undefined && valid !== 'true' && valid !== '1';
}

function addOthers(signals: Signals, others: readonly (readonly [string, unknown])[]): void {
  for (const [name, value] of others) {
    const signal = LEFT_OUT.has(name) ? undefined : signalNamed(name);
    if (signal !== undefined) signals.add({ signal }, value);
  }
}

function decodeJson({ body, now, query }: AppRequest): Result<Decoded, Problem> {
  const message = jsonObject(body);
  if (!message.ok) return message;
  const location = objectIn(message.value, 'location');
  const signals = new Signals();
  // Some senders put the members of coords beside the others.
  const coords: JsonObject = isObject(location['coords']) ? location['coords'] : location;
  signals.addPlace(coords['latitude'], coords['longitude']);
  signals.addAll(COORDS, (name) => coords[name]);
  addBattery(signals, { ...objectIn(message.value, 'battery'), ...objectIn(location, 'battery') });
  addOthers(signals, Object.entries(objectIn(location, 'extras')));
  const events = signals.event(anyTime(location['timestamp']) ?? timeText(now));
  const devices = aliasesOf(message.value['device_id'], query.get('id'));
  return ok({ candidates: events.map((event) => ({ event, devices })) });
}

function addBattery(signals: Signals, battery: JsonObject): void {
  signals.add({ ...PHONE_BATTERY, times: 100 }, battery['level']);
  signals.add({ signal: 'phone_charging' }, battery['is_charging']);
}
