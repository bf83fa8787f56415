/** The values that all subcharts see, and what follows from them alone. */
import type { NetworkPolicyPeer } from 'kubernetes-types/networking/v1.js';
import { defineBare, defineEntries, defineWord } from '../helm/definition.ts';
import type { Expr } from '../helm/expression.ts';
import { and, builtIn, equals, json, not, orElse, replaced, sha256, shortened } from '../helm/operators.ts';
import { choose, type Text, text } from '../helm/text.ts';
import { anyText, bool, formed, group, list, oneOf, openGroup, refs } from '../helm/values.ts';
import { PEER } from './kubernetes-schemas.ts';
import { imageValues, NAME, URL_FORM } from './value-forms.ts';

export const GLOBAL = openGroup('What all subcharts share.', {
  image: group('The image of Fleet Telemetry itself: the API, the MQTT bridge, jobs.', {
    ...imageValues('localhost', 'fleet/api', ''),
    pullPolicy: oneOf(['IfNotPresent', 'Always', 'Never'], 'IfNotPresent', 'When images are pulled, all of them.'),
  }),
  imageRegistry: formed('', "A registry in the place of every image's own.", /^([\w.-]+(:\d+)?(\/[\w.-]+)*)?$/, [
    'registry.example.org:5000/mirror',
  ]),
  imagePullSecrets: list<{ readonly name: string }>(
    [],
    'Secrets that images are pulled with, as in `[{name: registry}]`.',
    {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', minLength: 1, pattern: NAME.source } },
      additionalProperties: false,
    },
    [[{ name: 'registry' }]],
  ),
  openshift: bool(false, 'Leaves user and group ids to the cluster, as OpenShift wants.'),
  secrets: group('Passwords and tokens that nobody gives.', {
    generate: bool(
      true,
      'Makes each of them once and keeps it. Off for GitOps, where `helm template` would make others every time: ' +
        '`fleet secrets init` makes them then.',
    ),
  }),
  influxdb: group("The InfluxDB v2 that everything is kept in: the chart's own, or another.", {
    url: formed('', 'Address of another one, with `influxdb.enabled=false`.', URL_FORM, [
      'https://influx.example.org:8086',
    ]),
    org: anyText('fleet', 'Organisation that the buckets are in.'),
    bucket: anyText('telemetry', 'Bucket of events; all else is in the bucket of that name and `_meta`.'),
    existingSecret: formed(
      '',
      'Secret with `INFLUX_TOKEN` and `GRAFANA_INFLUX_TOKEN`. Without it, the setup Job makes both tokens.',
      NAME,
      ['influx-tokens'],
    ),
  }),
  mqtt: group("The MQTT broker that cars talk to: the chart's own, or another.", {
    url: formed('', 'Address of another one, with `mosquitto.enabled=false`.', /^(mqtts?:\/\/[\w.:-]+)?$/, [
      'mqtts://broker.example.org:8883',
    ]),
    username: anyText('fleet-bridge', 'User name of the API at the broker.'),
    existingSecret: formed('', 'Secret with `MQTT_PASSWORD`. Without it one is generated.', NAME, ['mqtt']),
  }),
  retention: formed(
    'off',
    'How long events are kept, as in `730d`; `off` for ever. For the API and for the bucket of InfluxDB alike.',
    /^(off|[1-9]\d*[hd])$/,
    ['730d', '48h'],
  ),
  networkPolicy: group('Who may talk to whom.', {
    enabled: bool(true, 'Whether pods are walled in, each with the edges that it needs.'),
    ingressFrom: list<NetworkPolicyPeer>(
      [],
      'Who may reach the API and Grafana, as peers of a NetworkPolicy. Without any: every pod of the cluster.',
      PEER,
      [[{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } } }]],
    ),
  }),
});

/** References to them. */
export const shared = refs({ global: GLOBAL }).global;

/** What the names of all objects begin with. */
export const FULLNAME = defineWord('fleet.fullname', shortened(replaced(builtIn.release, '.', '-'), 35));

/** The name of an object: `fleet-api`. */
export function nameOf(what: string): Text {
  return text`${FULLNAME}-${what}`;
}

/** What a component is recognised by, for ever: selectors can't be changed. */
export const SELECTOR = defineEntries('fleet.selector', {
  'app.kubernetes.io/name': 'fleet',
  'app.kubernetes.io/instance': builtIn.release,
});

export const LABELS = defineEntries('fleet.labels', {
  'helm.sh/chart': text`${builtIn.chart}-${replaced(builtIn.version, '+', '_')}`,
  'app.kubernetes.io/name': 'fleet',
  'app.kubernetes.io/instance': builtIn.release,
  'app.kubernetes.io/version': builtIn.appVersion,
  'app.kubernetes.io/managed-by': builtIn.service,
  'app.kubernetes.io/part-of': 'fleet-telemetry',
});

/** The image of Fleet Telemetry. */
export const IMAGE = defineWord('fleet.image', imageText(shared.image));

interface ImageRefs {
  readonly registry: Expr<string>;
  readonly repository: Expr<string>;
  readonly tag: Expr<string>;
  readonly digest: Expr<string>;
}

/** The name of an image, by its digest where one is given. */
export function imageText({ registry, repository, tag, digest }: ImageRefs): Text {
  const host = orElse(shared.imageRegistry, registry);
  return text`${host}/${repository}${choose(digest, text`@${digest}`, text`:${orElse(tag, builtIn.appVersion)}`)}`;
}

/** The Secret with the tokens of the API and of Grafana. */
export const TOKENS_SECRET = defineBare(
  'fleet.tokensSecret',
  choose(shared.influxdb.existingSecret, shared.influxdb.existingSecret, nameOf('influxdb-tokens')),
);

/** The Secret with the API's password at the broker. */
export const MQTT_SECRET = defineBare(
  'fleet.mqttSecret',
  choose(shared.mqtt.existingSecret, shared.mqtt.existingSecret, nameOf('mqtt-auth')),
);

/** Whether InfluxDB is somebody else's. */
export const hasOtherInfluxdb = not(equals(shared.influxdb.url, ''));

/** A digest of all values of a chart: whatever changes, it does. */
export const VALUES_DIGEST = sha256(json(builtIn.values), 10);

/** Whether a Secret is made here. */
export function isGenerated(existing: Expr<string>): Expr<boolean> {
  return and(shared.secrets.generate, not(existing));
}
