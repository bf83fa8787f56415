/** The values of the subchart `edge`. */
import { GLOBAL } from '../../constructs/global-values.ts';
import { LABELS } from '../../constructs/kubernetes-schemas.ts';
import {
  extraEnv,
  imageValues,
  persistenceValues,
  podValues,
  resources,
  URL_FORM,
} from '../../constructs/value-forms.ts';
import { formed, group, list, refs } from '../../helm/values.ts';

/** A car, and where its dongle and its receiver are. */
export interface Car {
  readonly name: string;
  readonly adapter: string;
  readonly receiver?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

const PORT = '([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
/** Longest name of a car: names of StatefulSets are limited, for what follows from them. */
export const MOST_CHARACTERS = 20;

const CAR_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'adapter'],
  properties: {
    name: { type: 'string', pattern: `^[a-z]([-a-z0-9]{0,${MOST_CHARACTERS - 2}}[a-z0-9])?$` },
    adapter: { type: 'string', pattern: `^tcp://[a-zA-Z0-9.-]+:${PORT}$` },
    receiver: { type: 'string', pattern: `^(gpsd|tcp)://[a-zA-Z0-9.-]+:${PORT}$` },
    nodeSelector: { type: 'object', ...LABELS },
  },
};

export const EDGE_VALUES = {
  global: GLOBAL,
  image: group('Image of the edge.', imageValues('localhost', 'fleet/edge', '')),
  cars: list<Car>(
    [],
    'Cars, each with a program and a volume of its own: `[{name, adapter, receiver, nodeSelector}]`. The name is the ' +
      "vehicle's on the server; the adapter is a dongle at `tcp://host:port`, the receiver (optional) `gpsd://host:port`, " +
      'or `tcp://host:port` for NMEA; the node selector (optional) says which nodes are near the car.',
    CAR_SCHEMA,
    [
      [{ name: 'golf', adapter: 'tcp://192.168.0.10:35000' }],
      [
        { name: 'golf', adapter: 'tcp://dongle-of-golf:35000', nodeSelector: { car: 'golf' } },
        { name: 'yes', adapter: 'tcp://10.0.0.9:65535', receiver: 'gpsd://gps.local:2947', nodeSelector: {} },
      ],
      [
        { name: 'polo', adapter: 'tcp://a:1' },
        { name: 'polo', adapter: 'tcp://b:2' },
      ],
    ],
  ),
  serverUrl: formed(
    '',
    'Address of a server elsewhere, whose keys are in the Secret `edge-auth` of the release then; the API of the release ' +
      'where it is empty.',
    URL_FORM,
    ['https://fleet.example.org'],
  ),
  extraEnv: extraEnv(),
  persistence: persistenceValues('1Gi'),
  resources: resources({ cpu: '20m', memory: '96Mi' }, '192Mi'),
  ...podValues(10_001),
};

export const edge = refs(EDGE_VALUES);
