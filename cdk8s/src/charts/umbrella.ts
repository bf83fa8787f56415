/** The chart as a whole: its subcharts, and how they find each other. */
import type { Construct } from 'constructs';
import { ConfigFiles } from '../constructs/config-files.ts';
import { INFLUXDB_PORT, SECRETS_FOLDER } from '../constructs/database-access.ts';
import { GLOBAL, nameOf, shared } from '../constructs/global-values.ts';
import { type Guard, HelmChart } from '../helm/helm-chart.ts';
import { and, equals, not, or } from '../helm/operators.ts';
import { when } from '../helm/template.ts';
import { text } from '../helm/text.ts';
import { refs, subchart } from '../helm/values.ts';
import { ApiChart } from './api/api-chart.ts';
import { API_VALUES } from './api/values.ts';
import { CHART_VERSION } from './chart-version.ts';
import { EdgeChart } from './edge/edge-chart.ts';
import { EDGE_VALUES } from './edge/values.ts';
import { GrafanaChart } from './grafana/grafana-chart.ts';
import { GRAFANA_VALUES } from './grafana/values.ts';
import { InfluxdbChart } from './influxdb/influxdb-chart.ts';
import { INFLUXDB_VALUES } from './influxdb/values.ts';
import { keysFile } from './keys-file.ts';
import { MosquittoChart } from './mosquitto/mosquitto-chart.ts';
import { MOSQUITTO_VALUES } from './mosquitto/values.ts';
import { notes } from './notes.ts';
import { SIMULATOR_VALUES, SimulatorChart } from './simulator/simulator-chart.ts';

export const UMBRELLA_VALUES = {
  global: GLOBAL,
  api: subchart('The server: takes events, keeps them, answers questions.', true, API_VALUES),
  influxdb: subchart('The store.', true, INFLUXDB_VALUES),
  mosquitto: subchart('The MQTT broker.', true, MOSQUITTO_VALUES),
  grafana: subchart('Dashboards and alerts.', true, GRAFANA_VALUES),
  simulator: subchart('Demo traffic.', false, SIMULATOR_VALUES),
  edge: subchart('Programs beside cars whose dongles are in the network.', false, EDGE_VALUES),
};

const $ = refs(UMBRELLA_VALUES);
const usesInfluxdb = or(and($.api.enabled, equals($.api.store, 'influxdb')), $.grafana.enabled, $.mosquitto.enabled);

const GUARDS: readonly Guard[] = [
  {
    unless: or(not(usesInfluxdb), $.influxdb.enabled, shared.influxdb.url),
    message: 'there is no InfluxDB: set influxdb.enabled=true, or global.influxdb.url, or api.store=sqlite',
  },
  {
    unless: not(and($.influxdb.enabled, shared.influxdb.url)),
    message: 'there are two InfluxDBs: set influxdb.enabled=false, or leave global.influxdb.url empty',
  },
  {
    unless: or(not(shared.influxdb.url), shared.influxdb.existingSecret),
    message: 'global.influxdb.url needs global.influxdb.existingSecret, with INFLUX_TOKEN and GRAFANA_INFLUX_TOKEN',
  },
  {
    unless: or(
      not(and($.api.enabled, $.api.mqttBridge.enabled, equals($.api.store, 'influxdb'))),
      $.mosquitto.enabled,
      shared.mqtt.url,
    ),
    message: 'there is no broker: set mosquitto.enabled=true, or global.mqtt.url, or api.mqttBridge.enabled=false',
  },
  {
    unless: or(not($.edge.enabled), $.api.enabled, $.edge.serverUrl),
    message: 'the cars of edge.cars have no server: set api.enabled=true, or edge.serverUrl',
  },
  {
    unless: not(and($.mosquitto.enabled, shared.mqtt.url)),
    message: 'there are two brokers: set mosquitto.enabled=false, or leave global.mqtt.url empty',
  },
  {
    unless: or(not(shared.mqtt.url), shared.mqtt.existingSecret),
    message: 'global.mqtt.url needs global.mqtt.existingSecret, with MQTT_PASSWORD',
  },
];

export class Umbrella extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      info: {
        name: 'fleet',
        description: 'Fleet Telemetry: self-hosted car telemetry, with InfluxDB, Mosquitto and Grafana.',
        ...CHART_VERSION,
        more: MORE,
      },
      values: UMBRELLA_VALUES,
      guards: GUARDS,
      notes: notes($),
    });
    new ConfigFiles(this, 'influxdb', {
      component: 'influxdb',
      name: nameOf('influxdb-connection'),
      file: 'connections',
      when: usesInfluxdb,
      data: {
        INFLUX_URL: when(shared.influxdb.url, shared.influxdb.url, text`http://${nameOf('influxdb')}:${INFLUXDB_PORT}`),
        INFLUX_ORG: shared.influxdb.org,
        INFLUX_BUCKET: shared.influxdb.bucket,
      },
    });
    new ConfigFiles(this, 'mqtt', {
      component: 'mosquitto',
      name: nameOf('mqtt-connection'),
      file: 'connections',
      when: and($.api.enabled, $.api.mqttBridge.enabled),
      data: {
        MQTT_URL: when(shared.mqtt.url, shared.mqtt.url, text`mqtt://${nameOf('mosquitto')}:1883`),
        MQTT_USERNAME: shared.mqtt.username,
        MQTT_PASSWORD_FILE: `${SECRETS_FOLDER}-mqtt/MQTT_PASSWORD`,
        MQTT_CLIENT_ID: nameOf('mqtt-bridge-0'),
      },
    });
    new ConfigFiles(this, 'keys', {
      component: 'api',
      name: nameOf('api-keys'),
      file: 'keys',
      when: $.api.enabled,
      data: { 'keys.json': keysFile($) },
    });
    new ApiChart(this, 'api');
    new InfluxdbChart(this, 'influxdb-chart');
    new MosquittoChart(this, 'mosquitto');
    new GrafanaChart(this, 'grafana');
    new SimulatorChart(this, 'simulator');
    new EdgeChart(this, 'edge');
  }
}

/** What Chart.yaml says besides. */
const MORE = {
  kubeVersion: '>=1.29.0-0',
  keywords: ['telemetry', 'cars', 'obd', 'gps', 'mqtt', 'influxdb', 'grafana'],
  annotations: { 'artifacthub.io/license': 'MIT', 'artifacthub.io/category': 'monitoring-logging' },
};
