/** The values of the subchart `api`. */
import { CONFIG_SPEC } from '@fleet/api/config-spec';
import { GLOBAL } from '../../constructs/global-values.ts';
import { AUTOSCALING } from '../../constructs/scaling.ts';
import { extraEnv, NAME, persistenceValues, podValues, resources, SCHEDULE } from '../../constructs/value-forms.ts';
import { webValues } from '../../constructs/web-service.ts';
import { anyText, bool, formed, group, int, list, oneOf, refs, type Value } from '../../helm/values.ts';

/** Settings that the chart makes itself, or hands to the bridge only. */
const CHARTS_OWN =
  /^(PORT|HOST|STORE|DATA_DIR|PUBLIC_URL|RETENTION|INFLUX_.*|KEYS_FILE|MQTT_(URL|USERNAME|CLIENT_ID|.*_FILE))$/;

/** Where the chart's default is not the server's: the pods of a cluster are its proxies, and Mosquitto its broker. */
const DEFAULTS: Readonly<Record<string, string>> = { TRUST_PROXY: 'uniquelocal', MQTT_LISTEN: 'off' };

const settings: Readonly<Record<string, Value<string>>> = Object.fromEntries(
  Object.entries(CONFIG_SPEC)
    .filter(([name, { secret }]) => !secret && !CHARTS_OWN.test(name))
    .map(([name, { doc }]) => [name, anyText(DEFAULTS[name] ?? '', doc)]),
);

/** A key beside those in the registry, as `KEYS_FILE` has it. */
const KEY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'vehicles', 'sha256'],
  properties: {
    name: { type: 'string', minLength: 1 },
    vehicles: { anyOf: [{ const: '*' }, { type: 'array', items: { type: 'string' } }] },
    role: { enum: ['device', 'viewer', 'admin'] },
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    expires_at: { type: 'string' },
  },
};

export const API_VALUES = {
  global: GLOBAL,
  store: oneOf(
    ['influxdb', 'sqlite'],
    'influxdb',
    'Where events are kept: `influxdb`, or `sqlite` on a volume, with one replica and without MQTT bridge.',
  ),
  persistence: persistenceValues('5Gi'),
  replicas: int(1, 100, 2, 'Pods.'),
  autoscaling: AUTOSCALING,
  publicUrl: formed(
    '',
    "Address at which people and devices reach the API; the Ingress's host where it is empty.",
    /^(https?:\/\/[\w.:[\]-]+)?$/,
    ['https://cars.example.org'],
  ),
  settings: group(
    'Settings of the server; an empty one leaves it at its default, see docs/configuration.md.',
    settings,
  ),
  keys: list<object>([], 'Keys beside those that are made over HTTP, by their SHA-256.', KEY_SCHEMA, [
    [{ name: 'dongle', vehicles: ['golf'], sha256: '0a'.repeat(32) }],
  ]),
  existingSecret: formed(
    '',
    'Secret with `ADMIN_TOKEN`, `METRICS_KEY` and `TEST_KEY`. Without it they are generated.',
    NAME,
    ['fleet-keys'],
  ),
  extraEnv: extraEnv(),
  resources: resources({ cpu: '100m', memory: '192Mi' }, '512Mi'),
  ...podValues(10_001),
  ...webValues('fleet.localtest.me'),
  mqttBridge: group('What stores the messages of the broker: one pod, the only subscriber.', {
    enabled: bool(true, 'Whether there is one; it needs `store: influxdb` and a broker.'),
    resources: resources({ cpu: '50m', memory: '128Mi' }, '384Mi'),
  }),
  summarize: group('What keeps the summaries in InfluxDB up to date for dashboards.', {
    schedule: formed('*/5 * * * *', 'When the last hours are looked at.', SCHEDULE, ['*/10 * * * *']),
    fullSchedule: formed('17 3 * * *', 'When all days are.', SCHEDULE, ['0 4 * * 0']),
    resources: resources({ cpu: '50m', memory: '128Mi' }, '512Mi'),
  }),
  serviceMonitor: group('For the Prometheus operator.', {
    enabled: bool(false, 'Whether there is a ServiceMonitor; it needs the operator.'),
    interval: formed('30s', 'Time between two looks.', /^\d+[sm]$/, ['1m']),
  }),
  prometheusRule: group('For the Prometheus operator.', {
    enabled: bool(false, 'Whether there are rules for alerts; it needs the operator.'),
  }),
  test: group('What `helm test` does.', { enabled: bool(true, 'Whether there is a test.') }),
};

export const api = refs(API_VALUES);
