/**
 * Overland for iOS and Android: a POST of up to a thousand GeoJSON features.
 * @see https://github.com/aaronpk/Overland-iOS README.md
 */
import { ok, type Problem, type Result } from '@fleet/contract';
import type { AppRequest, Candidate, Decoded, Format } from './format.ts';
import { answersOf, eachOf } from './format.ts';
import {
  ACCURACY,
  aliasesOf,
  anyTime,
  jsonObject,
  MPS,
  notWhat,
  objectIn,
  PHONE_BATTERY,
  type Readings,
  Signals,
} from './reading.ts';

const PROPERTIES: Readings = {
  speed: { signal: 'gps_speed_kph', times: MPS },
  course: { signal: 'heading_deg' },
  altitude: { signal: 'altitude_m' },
  horizontal_accuracy: ACCURACY,
  battery_level: { ...PHONE_BATTERY, times: 100 },
};

export const OVERLAND: Format = {
  name: 'overland',
  title: 'Overland',
  methods: ['post'],
  // Anything else, and it keeps the batch.
  answers: answersOf({ status: 200, type: 'application/json', body: '{"result":"ok"}' }),
  decode,
  setup: ({ url, server, key }) => {
    const query = new URLSearchParams({ url: `${server}/i/overland`, token: key });
    return {
      url,
      steps: [
        'Scan the code with the phone’s camera and open it in Overland: everything is set',
        'Or by hand: Settings → Receiver Endpoint: the address above; no access token is needed then',
        'Tracking on, activity type Automotive, logging mode All Data',
      ],
      link: `overland://setup?${query}`,
    };
  },
};

function decode({ body, query }: AppRequest): Result<Decoded, Problem> {
  const message = jsonObject(body);
  if (!message.ok) return message;
  const { locations } = message.value;
  if (!Array.isArray(locations)) return notWhat('must have an array of locations');
  return ok({ candidates: eachOf(locations, (feature) => candidateOf(feature, query.get('device_id'))) });
}

/**
 * A feature without a place, or about what the app did (`action`: a visit, a pause), says nothing that the places don't:
 * the place of a visit is known when the phone has left it.
 */
function candidateOf(feature: unknown, device: string | null): Candidate[] {
  const coordinates = objectIn(feature, 'geometry')['coordinates'];
  const properties = objectIn(feature, 'properties');
  if (!Array.isArray(coordinates) || properties['action'] !== undefined) return [];
  const [lon, lat] = coordinates as readonly unknown[];
  const signals = new Signals();
  signals.addPlace(lat, lon);
  signals.addAll(PROPERTIES, (name) => properties[name]);
  const events = signals.event(anyTime(properties['timestamp']));
  const devices = aliasesOf(properties['device_id'], device);
  return events.map((event) => ({ event, devices }));
}
