/** The subchart `influxdb`: the store, what sets it up, and its backups. */
import type { Construct } from 'constructs';
import { GeneratedSecret } from '../../constructs/generated-secret.ts';
import { HelmChart } from '../../helm/helm-chart.ts';
import { CHART_VERSION } from '../chart-version.ts';
import { Backups } from './backups.ts';
import { Setup } from './setup.ts';
import { Store } from './store.ts';
import { INFLUXDB_VALUES, influxdb } from './values.ts';

export class InfluxdbChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      info: { name: 'influxdb', description: 'InfluxDB v2 for Fleet Telemetry, set up.', ...CHART_VERSION },
      values: INFLUXDB_VALUES,
    });
    new GeneratedSecret(this, 'auth', {
      component: 'influxdb',
      secret: 'influxdb-auth',
      existing: influxdb.auth.existingSecret,
    });
    new Store(this, 'store');
    new Setup(this, 'setup');
    new Backups(this, 'backups');
  }
}
