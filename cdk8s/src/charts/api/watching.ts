/** For the Prometheus operator: where the metrics are, and what is worth an alert. */
import { Construct } from 'constructs';
import type { LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { metadataOf, selectorOf } from '../../constructs/pod.ts';
import { Manifest } from '../../helm/manifest.ts';
import { AUTH_SECRET } from './pods.ts';
import { api } from './values.ts';

const COMPONENT = 'api';

/** As far as it is used here. */
interface ServiceMonitor {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'ServiceMonitor';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly selector: LabelSelector;
    readonly endpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly interval: string;
      readonly authorization: { readonly credentials: { readonly name: string; readonly key: string } };
    }[];
  };
}

/** As far as it is used here. */
interface PrometheusRule {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'PrometheusRule';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly groups: readonly {
      readonly name: string;
      readonly rules: readonly {
        readonly alert: string;
        readonly expr: string;
        readonly for: string;
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      }[];
    }[];
  };
}

export class Watching extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Manifest<ServiceMonitor>(
      this,
      'servicemonitor',
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: metadataOf(COMPONENT),
        spec: {
          selector: { matchLabels: selectorOf(COMPONENT) },
          endpoints: [
            {
              port: 'http',
              path: '/metrics',
              interval: api.serviceMonitor.interval,
              authorization: { credentials: { name: AUTH_SECRET, key: 'METRICS_KEY' } },
            },
          ],
        },
      },
      { when: api.serviceMonitor.enabled },
    );
    new Manifest<PrometheusRule>(
      this,
      'prometheusrule',
      {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PrometheusRule',
        metadata: metadataOf(COMPONENT),
        spec: { groups: [{ name: 'fleet', rules: RULES }] },
      },
      { when: api.prometheusRule.enabled },
    );
  }
}

const RULES = [
  {
    alert: 'FleetCanNotStore',
    expr: 'fleet_ready == 0',
    for: '5m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'Events can not be stored.',
      description: 'Devices keep what is not acknowledged. Look at InfluxDB: is it there, is its disk full?',
    },
  },
  {
    alert: 'FleetRefusesClocks',
    expr: 'sum(increase(fleet_events_total{outcome="clock-skew"}[15m])) > 100',
    for: '15m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'Events are refused for their times.',
      description: "A device's clock is wrong: set it, or send old drives as offline uploads.",
    },
  },
];
