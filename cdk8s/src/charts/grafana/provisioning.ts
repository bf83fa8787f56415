/** The ConfigMaps of Grafana: settings, data sources, dashboards, alerts. */
import { Construct } from 'constructs';
import type { Volume, VolumeProjection } from 'kubernetes-types/core/v1.js';
import { ConfigFiles } from '../../constructs/config-files.ts';
import { SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { nameOf } from '../../constructs/global-values.ts';
import type { Expr } from '../../helm/expression.ts';
import { and, type Condition, equals, fileText, json, not, replaced } from '../../helm/operators.ts';
import { type Fields, Lines, merge, when } from '../../helm/template.ts';
import { choose, text } from '../../helm/text.ts';
import { type GrafanaFiles, marksIn, namesIn } from './files.ts';
import { grafana, thresholdKey } from './values.ts';

const COMPONENT = 'grafana';
const { host, tlsSecret, enabled } = grafana.ingress;
const hasPrometheus = not(equals(grafana.prometheus.url, ''));
const hasContact = and(grafana.alerting.enabled, not(equals(grafana.alerting.contact, 'none')));

const SETTINGS = merge(
  {
    GF_SECURITY_ADMIN_USER: 'admin',
    GF_SECURITY_ADMIN_PASSWORD__FILE: `${SECRETS_FOLDER}/GRAFANA_ADMIN_PASSWORD`,
    GF_SECURITY_SECRET_KEY__FILE: `${SECRETS_FOLDER}/GRAFANA_SECRET_KEY`,
    GF_PATHS_PROVISIONING: '/etc/grafana/provisioning',
    GF_SERVER_ROOT_URL: when(
      grafana.rootUrl,
      grafana.rootUrl,
      when(and(enabled, not(equals(host, ''))), text`http${choose(tlsSecret, 's', '')}://${host}/`),
    ),
  },
  grafana.settings,
);

/** Grafana puts what the environment and the file say in the places of `$…`. */
const DATA_SOURCES = new Lines([
  'apiVersion: 1',
  'datasources:',
  '  - name: Fleet Telemetry',
  '    uid: fleet-influxdb',
  '    type: influxdb',
  '    access: proxy',
  '    url: $INFLUX_URL',
  '    isDefault: true',
  '    jsonData:',
  '      version: Flux',
  '      organization: $INFLUX_ORG',
  '      defaultBucket: $INFLUX_BUCKET',
  '    secureJsonData:',
  `      token: $__file{${SECRETS_FOLDER}/GRAFANA_INFLUX_TOKEN}`,
  when(hasPrometheus, [
    '  - name: Prometheus',
    '    uid: fleet-prometheus',
    '    type: prometheus',
    '    access: proxy',
    text`    url: ${grafana.prometheus.url}`,
  ]),
]);

const DASHBOARD_FOLDER = new Lines([
  'apiVersion: 1',
  'providers:',
  '  - name: fleet',
  '    folder: Fleet Telemetry',
  '    type: file',
  '    allowUiUpdates: false',
  '    options:',
  '      path: /etc/grafana/dashboards',
]);

/** When a file of the folder `alerting` is of use: the rule is in its name. */
function conditionOf(file: string): Condition {
  const [, contact] = /^contact-(\w+)\.json$/.exec(file) ?? [];
  if (contact !== undefined) return and(grafana.alerting.enabled, equals(grafana.alerting.contact, contact as 'email'));
  if (file === 'policies.json') return hasContact;
  return file === 'rules-server.json' ? and(grafana.alerting.enabled, hasPrometheus) : grafana.alerting.enabled;
}

/** A file of the chart, with thresholds from the values where it has their marks. */
function withThresholds(files: GrafanaFiles, path: string): Expr<string> {
  return marksIn(files, path).reduce((text, { id, mark }) => {
    const threshold = grafana.alerting.thresholds[thresholdKey(id)];
    if (threshold === undefined) throw new Error(`${id} has no threshold among the values`);
    return replaced(text, mark, json(threshold));
  }, fileText(path));
}

function nameOfFile(file: string): string {
  return `grafana-${file.replace(/\.json$/, '').replace(/^fleet-/, 'board-')}`;
}

export class Provisioning extends Construct {
  constructor(scope: Construct, id: string, files: GrafanaFiles) {
    super(scope, id);
    new ConfigFiles(this, 'settings', { component: COMPONENT, data: SETTINGS });
    new ConfigFiles(this, 'sources', {
      component: COMPONENT,
      name: nameOf('grafana-provisioning'),
      file: 'provisioning',
      data: { 'datasources.yaml': DATA_SOURCES, 'dashboards.yaml': DASHBOARD_FOLDER },
    });
    for (const file of namesIn(files, 'files/dashboards/')) this.#file(files, 'dashboards', file);
    for (const file of namesIn(files, 'files/alerting/')) this.#file(files, 'alerting', file, conditionOf(file));
  }

  #file(files: GrafanaFiles, folder: string, file: string, condition?: Condition): void {
    new ConfigFiles(this, file, {
      component: COMPONENT,
      name: nameOf(nameOfFile(file)),
      file: folder,
      data: { [file]: withThresholds(files, `files/${folder}/${file}`) },
      ...(condition !== undefined && { when: condition }),
    });
  }
}

/** The volumes of these ConfigMaps, as Grafana wants its folders. */
export function provisioningVolumes(files: GrafanaFiles): Fields<Volume>[] {
  const provisioning = nameOf('grafana-provisioning');
  const boards = namesIn(files, 'files/dashboards/').map((file) => source(file));
  const alerts = namesIn(files, 'files/alerting/').map((file) => when(conditionOf(file), source(file)));
  return [
    {
      name: 'datasources',
      configMap: { name: provisioning, items: [{ key: 'datasources.yaml', path: 'datasources.yaml' }] },
    },
    {
      name: 'providers',
      configMap: { name: provisioning, items: [{ key: 'dashboards.yaml', path: 'dashboards.yaml' }] },
    },
    { name: 'dashboards', ...(boards.length > 0 ? { projected: { sources: boards } } : { emptyDir: {} }) },
    { name: 'alerting', ...(alerts.length > 0 ? { projected: { sources: alerts } } : { emptyDir: {} }) },
  ];
}

function source(file: string): Fields<VolumeProjection> {
  return { configMap: { name: nameOf(nameOfFile(file)) } };
}
