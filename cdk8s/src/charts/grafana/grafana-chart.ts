/** The subchart `grafana`: dashboards and alerts, provisioned. */
import type { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Container, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import { Account } from '../../constructs/account.ts';
import { INFLUXDB_CONNECTION, SECRETS_FOLDER, toInfluxdb } from '../../constructs/database-access.ts';
import { GeneratedSecret, KEPT } from '../../constructs/generated-secret.ts';
import { imageText, nameOf, shared, TOKENS_SECRET, VALUES_DIGEST } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, podTemplate, scratch, selectorOf } from '../../constructs/pod.ts';
import { fromCluster, toAnywhere, Walls } from '../../constructs/walls.ts';
import { WebService } from '../../constructs/web-service.ts';
import { defineBare } from '../../helm/definition.ts';
import { HelmChart } from '../../helm/helm-chart.ts';
import { Manifest } from '../../helm/manifest.ts';
import { not } from '../../helm/operators.ts';
import { commented, type Fields, optional, when } from '../../helm/template.ts';
import { choose } from '../../helm/text.ts';
import { CHART_VERSION } from '../chart-version.ts';
import { digestOf, grafanaFiles } from './files.ts';
import { Provisioning, provisioningVolumes } from './provisioning.ts';
import { GRAFANA_VALUES, grafana } from './values.ts';

const COMPONENT = 'grafana';
const AUTH_SECRET = defineBare(
  'fleet.grafana.authSecret',
  choose(grafana.existingSecret, grafana.existingSecret, nameOf('grafana-auth')),
);

export class GrafanaChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    const files = grafanaFiles();
    super(scope, id, {
      info: { name: 'grafana', description: 'Grafana with the dashboards of Fleet Telemetry.', ...CHART_VERSION },
      values: GRAFANA_VALUES,
      files,
    });
    new GeneratedSecret(this, 'auth', {
      component: COMPONENT,
      secret: 'grafana-auth',
      existing: grafana.existingSecret,
    });
    new Provisioning(this, 'provisioning', files);
    this.#deployment();
    this.#claim();
    new WebService(this, 'web', { component: COMPONENT, values: grafana });
    new Account(this, 'account', { component: COMPONENT });
    new Walls(this, 'walls', {
      component: COMPONENT,
      ingress: [fromCluster('http')],
      egress: [toInfluxdb(), toAnywhere(443, 465, 587), when(grafana.prometheus.url, toAnywhere(80, 9090))],
    });
  }

  #deployment(): void {
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadataOf(COMPONENT),
      spec: {
        replicas: 1,
        strategy: commented('A volume belongs to one pod: the old one ends before the new one starts.', {
          type: 'Recreate',
        }),
        selector: { matchLabels: selectorOf(COMPONENT) },
        template: podTemplate({
          component: COMPONENT,
          values: grafana,
          annotations: {
            'checksum/values': VALUES_DIGEST,
            'checksum/alerting': digestOf(this.files, 'files/alerting/'),
          },
          containers: [this.#container()],
          volumes: [
            { name: 'data', ...dataVolume() },
            commented('Grafana starts when its token is made.', {
              name: 'secrets',
              projected: {
                defaultMode: GROUP_READS,
                sources: [
                  { secret: { name: AUTH_SECRET } },
                  {
                    secret: {
                      name: TOKENS_SECRET,
                      items: [{ key: 'GRAFANA_INFLUX_TOKEN', path: 'GRAFANA_INFLUX_TOKEN' }],
                    },
                  },
                ],
              },
            }),
            ...provisioningVolumes(this.files),
            scratch('tmp', '128Mi'),
          ],
        }),
      },
    });
  }

  #container(): Fields<Container> {
    const health = { httpGet: { path: '/api/health', port: 'http' }, timeoutSeconds: 5 };
    return {
      name: COMPONENT,
      image: imageText(grafana.image),
      imagePullPolicy: shared.image.pullPolicy,
      envFrom: [
        { configMapRef: { name: nameOf(COMPONENT) } },
        INFLUXDB_CONNECTION,
        when(grafana.alerting.existingSecret, { secretRef: { name: grafana.alerting.existingSecret } }),
      ],
      ports: [{ name: 'http', containerPort: 3000 }],
      startupProbe: { ...health, periodSeconds: 5, failureThreshold: 60 },
      livenessProbe: { ...health, periodSeconds: 20, failureThreshold: 6 },
      readinessProbe: { ...health, periodSeconds: 5 },
      resources: grafana.resources,
      securityContext: grafana.securityContext,
      volumeMounts: [
        mount('data', '/var/lib/grafana'),
        mount('secrets', SECRETS_FOLDER, true),
        mount('datasources', '/etc/grafana/provisioning/datasources', true),
        mount('providers', '/etc/grafana/provisioning/dashboards', true),
        mount('alerting', '/etc/grafana/provisioning/alerting', true),
        mount('dashboards', '/etc/grafana/dashboards', true),
        mount('tmp', '/tmp'),
      ],
    };
  }

  #claim(): void {
    const { size, storageClass, enabled } = grafana.persistence;
    new Manifest<PersistentVolumeClaim>(
      this,
      'persistentvolumeclaim',
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: metadataOf(COMPONENT, { annotations: KEPT }),
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: optional(storageClass),
          resources: { requests: { storage: size } },
        },
      },
      { when: enabled },
    );
  }
}

function dataVolume() {
  const { enabled } = grafana.persistence;
  return {
    persistentVolumeClaim: when(enabled, { claimName: nameOf(COMPONENT) }),
    emptyDir: when(not(enabled), { sizeLimit: '1Gi' }),
  };
}
