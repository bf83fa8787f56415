/** Apps and dongles that publish over MQTT, under topics of their own: which these are, and how a message is read. */
import { bad, ok, type Problem, type Result } from '@fleet/contract';
import type { Decoded } from './format.ts';
import { OWNTRACKS } from './owntracks.ts';
import { jsonObject } from './reading.ts';
import { decodeTeslaField } from './tesla.ts';
import { WICAN } from './wican.ts';

/** A message of an app. */
export interface TopicMessage {
  /** The levels of the topic behind the first. */
  readonly levels: readonly string[];
  readonly payload: Buffer;
  /** When it came, milliseconds since 1970: the time of what has none of its own. */
  readonly now: number;
  /** The latest time that is taken now, milliseconds since 1970. */
  readonly latest: number;
}

export interface TopicFormat {
  readonly name: string;
  /** The first level of its topics, unless told otherwise. */
  readonly base: string;
  /** Filters of the levels behind the first; the first of these is the vehicle, by any of its names. */
  readonly filters: readonly string[];
  decode(message: TopicMessage): Result<Decoded, Problem>;
}

const NOTHING: Result<Decoded, Problem> = ok({ candidates: [] });

/** `owntracks/<user>/<device>`; what lies deeper is no place. */
const OWNTRACKS_TOPICS: TopicFormat = {
  name: 'owntracks',
  base: 'owntracks',
  filters: ['+/+'],
  decode: ({ levels: [u = '', d = ''], payload, ...times }) =>
    OWNTRACKS.decode({ ...times, body: payload, headers: {}, query: new URLSearchParams({ u, d }) }),
};

/** `wican/<id>/…`: what it read from the car, at a topic that its owner chooses. */
const WICAN_TOPICS: TopicFormat = {
  name: 'wican',
  base: 'wican',
  filters: ['+/#'],
  decode({ levels: [id = '', ...rest], payload, ...times }) {
    if (rest.at(-1) === 'status' || payload.length === 0) return NOTHING;
    const message = jsonObject(payload);
    if (!message.ok) return message;
    // A frame of the bus as it is: nobody knows what it means.
    if (Array.isArray(message.value['frame'])) return NOTHING;
    return WICAN.decode({ ...times, body: payload, headers: {}, query: new URLSearchParams({ id }) });
  },
};

/** `<base>/<VIN>/v/<field>`; alerts, errors and connections are nothing that a car measured. */
const TESLA_TOPICS: TopicFormat = {
  name: 'tesla',
  base: 'tesla',
  filters: ['+/v/+'],
  decode: ({ levels: [vin = '', kind, field = ''], payload, now }) =>
    kind === 'v' ? decodeTeslaField(vin, field, payload, now) : NOTHING,
};

export const TOPIC_FORMATS: readonly TopicFormat[] = [OWNTRACKS_TOPICS, WICAN_TOPICS, TESLA_TOPICS];

/** A format, and the first level of its topics here. */
export interface TopicApp {
  readonly format: TopicFormat;
  readonly base: string;
}

/** The apps of a setting as in `owntracks,tesla:cars`, or `off`; or what is wrong with it, in words. */
export function parseApps(setting: string): Result<readonly TopicApp[], string> {
  if (setting === 'off') return ok([]);
  const apps = setting.split(',').map((part) => {
    const [name = '', base] = part.trim().split(':');
    const format = TOPIC_FORMATS.find((each) => each.name === name);
    return format && { format, base: base ?? format.base };
  });
  const known = apps.filter((app) => app !== undefined);
  if (known.length < apps.length) {
    return bad(`must be of ${TOPIC_FORMATS.map(({ name }) => name).join(', ')}, with commas between, or off`);
  }
  const wrong = known.find(({ base }) => !/^[^/+#$\s]+$/.test(base));
  return wrong === undefined ? ok(known) : bad(`has ${wrong.base}, which is no level of a topic`);
}
