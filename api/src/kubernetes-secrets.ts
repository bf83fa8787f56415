/** The Secrets of the chart with what nobody gives: the chart makes them, or `fleet secrets init` does. */

/** Their names after the release's, and the keys in each. */
export const KUBERNETES_SECRETS = {
  'api-auth': ['ADMIN_TOKEN', 'METRICS_KEY', 'TEST_KEY'],
  'influxdb-auth': ['INFLUX_ADMIN_TOKEN', 'INFLUX_ADMIN_PASSWORD'],
  'mqtt-auth': ['MQTT_PASSWORD'],
  'grafana-auth': ['GRAFANA_ADMIN_PASSWORD', 'GRAFANA_SECRET_KEY'],
  'simulator-auth': ['SIMULATOR_KEY'],
} as const;

export type KubernetesSecret = keyof typeof KUBERNETES_SECRETS;

/** The Secret with the keys of the cars that the chart has programs for, a key each. */
export const EDGE_SECRET = 'edge-auth';

/** What names of cars begin with in that Secret. */
export const EDGE_KEY_PREFIX = 'edge-';
