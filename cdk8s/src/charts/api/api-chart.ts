/** The subchart `api`: the server, the subscriber of the broker, and what looks after both. */
import type { Construct } from 'constructs';
import { ConfigFiles } from '../../constructs/config-files.ts';
import { SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { GeneratedSecret } from '../../constructs/generated-secret.ts';
import { nameOf, shared } from '../../constructs/global-values.ts';
import { HelmChart } from '../../helm/helm-chart.ts';
import { and, equals, isMoreThan, not, or } from '../../helm/operators.ts';
import { merge, when } from '../../helm/template.ts';
import { choose, text } from '../../helm/text.ts';
import { valueRef } from '../../helm/values.ts';
import { CHART_VERSION } from '../chart-version.ts';
import { MqttBridge, Summaries } from './jobs.ts';
import { isFolder, isShared } from './pods.ts';
import { Server } from './server.ts';
import { ServerTest } from './server-test.ts';
import { API_VALUES, api } from './values.ts';
import { Watching } from './watching.ts';

const { host, tlsSecret, enabled } = api.ingress;
const ingressUrl = text`http${choose(tlsSecret, 's', '')}://${host}`;

const SETTINGS = merge(
  {
    STORE: api.store,
    DATA_DIR: when(isFolder, '/data'),
    PUBLIC_URL: when(api.publicUrl, api.publicUrl, when(and(enabled, not(equals(host, ''))), ingressUrl)),
    RETENTION: shared.retention,
    INFLUX_TOKEN_FILE: when(isShared, `${SECRETS_FOLDER}/INFLUX_TOKEN`),
  },
  valueRef<object>('map', ['settings']),
);

/** Who is let in is the business of the server alone: jobs and the bridge know no keys. */
const ACCESS = {
  ADMIN_TOKEN_FILE: `${SECRETS_FOLDER}/ADMIN_TOKEN`,
  KEYS_FILE: `${SECRETS_FOLDER}/keys.json`,
};

export class ApiChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      info: { name: 'api', description: 'The API of Fleet Telemetry, and its MQTT bridge.', ...CHART_VERSION },
      values: API_VALUES,
      guards: [
        {
          unless: or(isShared, and(not(isMoreThan(api.replicas, 1)), not(api.autoscaling.enabled))),
          message: 'api.store=sqlite works with one pod: set api.replicas=1 and api.autoscaling.enabled=false',
        },
      ],
    });
    new ConfigFiles(this, 'settings', { component: 'api', data: SETTINGS });
    new ConfigFiles(this, 'access', { component: 'api', name: nameOf('api-access'), data: ACCESS });
    new GeneratedSecret(this, 'auth', {
      component: 'api',
      secret: 'api-auth',
      existing: api.existingSecret,
    });
    new Server(this, 'server');
    new MqttBridge(this, 'bridge');
    new Summaries(this, 'summaries');
    new Watching(this, 'watching');
    new ServerTest(this, 'test');
  }
}
