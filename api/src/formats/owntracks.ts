/**
 * OwnTracks in HTTP mode: a POST with one JSON message.
 * @see https://owntracks.org/booklet/tech/json/, https://owntracks.org/booklet/tech/http/
 */
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';
import type { AppRequest, Decoded, Format } from './format.ts';
import { answersOf } from './format.ts';
import {
  ACCURACY,
  aliasesOf,
  anyTime,
  type JsonObject,
  jsonObject,
  PHONE_BATTERY,
  type Readings,
  Signals,
} from './reading.ts';

/** Members of a location: phones first, then trackers in vehicles. */
const MEMBERS: Readings = {
  vel: { signal: 'gps_speed_kph' },
  cog: { signal: 'heading_deg' },
  alt: { signal: 'altitude_m' },
  acc: ACCURACY,
  batt: PHONE_BATTERY,
  p: { signal: 'phone_barometer_kpa' },
  rpm: { signal: 'rpm' },
  flvl: { signal: 'fuel_level_pct' },
  fcon: { signal: 'fuel_l_per_100km' },
  odometer: { signal: 'odometer_km' },
  uext: { signal: 'battery_v' },
  ubatt: { signal: 'tracker_battery_v' },
  ign: { signal: 'ignition' },
  motion: { signal: 'motion' },
  hmc: { signal: 'engine_hours_s' },
};

export const OWNTRACKS: Format = {
  name: 'owntracks',
  title: 'OwnTracks',
  methods: ['post'],
  answers: answersOf({ status: 200, type: 'application/json', body: '[]' }),
  decode,
  setup: ({ url }) => ({
    url,
    steps: [
      'Preferences → Connection → Mode: HTTP; Endpoint URL: the address above; no identification needed',
      'Leave the encryption key empty: what is encrypted by the app can only be read with it',
      'Monitoring: Move, which sends often enough for a track',
    ],
    link: `owntracks:///config?inline=${inline({ _type: 'configuration', mode: 3, url, auth: false, monitoring: 2 })}`,
  }),
};

function inline(configuration: object): string {
  return encodeURIComponent(Buffer.from(JSON.stringify(configuration)).toString('base64'));
}

function decode(request: AppRequest): Result<Decoded, Problem> {
  // The app deletes a friend with nothing at all.
  if (request.body.length === 0) return ok({ candidates: [] });
  const message = jsonObject(request.body);
  if (!message.ok) return message;
  switch (message.value['_type']) {
    case 'location':
      return ok(decodeLocation(message.value, request));
    case 'encrypted':
      return bad(problem('malformed-body', 'the message is encrypted: leave the encryption key in OwnTracks empty'));
    default:
      // Waypoints, transitions, steps, cards, the last will: nothing that a car measured.
      return ok({ candidates: [] });
  }
}

function decodeLocation(message: JsonObject, { query, headers }: AppRequest): Decoded {
  const signals = new Signals();
  signals.addPlace(message['lat'], message['lon']);
  signals.addAll(MEMBERS, (name) => message[name]);
  const { topic, tid, vin } = message;
  const named = typeof topic === 'string' ? topic.replace(/^owntracks\//, '') : undefined;
  const user = query.get('u') ?? headers['x-limit-u'];
  const device = query.get('d') ?? headers['x-limit-d'];
  const devices = aliasesOf(named, user === undefined || device === undefined ? undefined : `${user}-${device}`, tid);
  // Without a time it can be neither placed nor told from the next.
  const events = signals.event(anyTime(message['tst']));
  return { candidates: events.map((event) => ({ event, devices, vin: typeof vin === 'string' ? vin : undefined })) };
}
