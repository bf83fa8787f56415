/** The values of the subchart `grafana`. */
import { SERVER_ALERTS, VEHICLE_ALERTS } from '@fleet/dashboards';
import { GLOBAL } from '../../constructs/global-values.ts';
import { imageValues, NAME, persistenceValues, podValues, resources, URL_FORM } from '../../constructs/value-forms.ts';
import { webValues } from '../../constructs/web-service.ts';
import { bool, formed, group, map, number, oneOf, refs } from '../../helm/values.ts';

/** Grafana keeps to itself: it asks nobody for news, updates or plugins, and lets nobody in without a password. */
const SETTINGS: Readonly<Record<string, string>> = {
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
};

/** The threshold of each alert, by its key. */
const THRESHOLDS = Object.fromEntries(
  [...VEHICLE_ALERTS, ...SERVER_ALERTS].map(({ id, title, when }) => [
    thresholdKey(id),
    number(when.than, `${title}: ${when.is === 'gt' ? 'above' : 'below'} so many ${when.unit}.`),
  ]),
);

/** What the chart says itself. */
const OWN = '^GF_(SECURITY_ADMIN_|SECURITY_SECRET_KEY|PATHS_|SERVER_ROOT_URL|SERVER_HTTP_PORT)';

/** The value with the threshold of an alert: `coolantHot` of `coolant-hot`. */
export function thresholdKey(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

export const GRAFANA_VALUES = {
  global: GLOBAL,
  image: group('Image.', imageValues('docker.io', 'grafana/grafana', '12.2.1')),
  existingSecret: formed(
    '',
    'Secret with `GRAFANA_ADMIN_PASSWORD` (user `admin`) and `GRAFANA_SECRET_KEY`. Without it, both are generated.',
    NAME,
    ['grafana-auth'],
  ),
  rootUrl: formed('', "Address at which people reach it; the Ingress's host where it is empty.", URL_FORM, [
    'https://grafana.example.org/',
  ]),
  settings: map(
    SETTINGS,
    'Settings, as in `GF_SMTP_HOST`. What is secret belongs into `alerting.existingSecret`.',
    {
      additionalProperties: { type: 'string' },
      propertyNames: { pattern: '^GF_[A-Z0-9_]+$', not: { pattern: OWN } },
    },
    [{ GF_SMTP_ENABLED: 'true' }],
  ),
  persistence: group('Where Grafana keeps people and what they changed.', {
    enabled: bool(true, 'Whether that is a volume; else it goes with the pod.'),
    ...persistenceValues('1Gi').spec,
  }),
  prometheus: group('A Prometheus that watches the API: for the dashboard of the system, and alerts about it.', {
    url: formed('', 'Address.', URL_FORM, ['http://prometheus-operated.monitoring:9090']),
  }),
  alerting: group('Alerts.', {
    enabled: bool(true, 'Whether the rules are there.'),
    contact: oneOf(['none', 'email', 'telegram', 'webhook', 'ntfy'], 'none', 'Who is told; see docs/alerts.md.'),
    existingSecret: formed('', 'Secret with what the contact needs, as variables of the environment.', NAME, [
      'grafana-contacts',
    ]),
    thresholds: group('When each alert fires; see docs/alerts.md.', THRESHOLDS),
  }),
  resources: resources({ cpu: '100m', memory: '192Mi' }, '512Mi'),
  ...podValues(472),
  ...webValues('grafana.localtest.me'),
};

export const grafana = refs(GRAFANA_VALUES);
