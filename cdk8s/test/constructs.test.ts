import { expect, test } from '@jest/globals';
import { App } from 'cdk8s';
import { Account } from '../src/constructs/account.ts';
import { ConfigFiles } from '../src/constructs/config-files.ts';
import { GeneratedSecret } from '../src/constructs/generated-secret.ts';
import { GLOBAL } from '../src/constructs/global-values.ts';
import { AUTOSCALING, Scaling } from '../src/constructs/scaling.ts';
import { ScheduledCommand } from '../src/constructs/scheduled-command.ts';
import { StatefulStore } from '../src/constructs/stateful-store.ts';
import { persistenceValues, podValues } from '../src/constructs/value-forms.ts';
import { fromCluster, toComponent, Walls } from '../src/constructs/walls.ts';
import { WebService, webValues } from '../src/constructs/web-service.ts';
import { chartFiles } from '../src/helm/chart-files.ts';
import { HelmChart } from '../src/helm/helm-chart.ts';
import { formed, int, refs } from '../src/helm/values.ts';

const VALUES = {
  global: GLOBAL,
  replicas: int(1, 10, 2, 'Pods.'),
  autoscaling: AUTOSCALING,
  persistence: persistenceValues('1Gi'),
  existingSecret: formed('', 'A Secret.', /^[a-z-]*$/, []),
  schedule: formed('0 0 * * *', 'When.', /^.*$/, []),
  ...podValues(10_001),
  ...webValues('a.example.org'),
};
const values = refs(VALUES);
const CONTAINER = { name: 'main', image: 'host/image:1', securityContext: values.securityContext };
const POD = { component: 'part', values, containers: [CONTAINER], volumes: [] };

/** The templates that a construct makes, by their files. */
function templatesOf(build: (chart: HelmChart) => void): object {
  const info = { name: 'sample', description: 'A sample.', version: '1.0.0', appVersion: '1.0.0' };
  const chart = new HelmChart(new App(), 'sample', { info, values: VALUES });
  build(chart);
  const templates = chartFiles(chart).filter(({ path }) => /^templates\/(?!_)/.test(path));
  return Object.fromEntries(templates.map(({ path, text }) => [path, text]));
}

test.each<[string, (chart: HelmChart) => void]>([
  ['Account', (chart) => new Account(chart, 'it', { component: 'part' })],
  ['ConfigFiles', (chart) => new ConfigFiles(chart, 'it', { component: 'part', data: { a: 'b' } })],
  [
    'GeneratedSecret',
    (chart) =>
      new GeneratedSecret(chart, 'it', { component: 'part', secret: 'mqtt-auth', existing: values.existingSecret }),
  ],
  ['Scaling', (chart) => new Scaling(chart, 'it', { component: 'part', ...values })],
  [
    'ScheduledCommand',
    (chart) => new ScheduledCommand(chart, 'it', { ...POD, file: 'job', schedule: values.schedule, deadline: 60 }),
  ],
  [
    'StatefulStore',
    (chart) =>
      new StatefulStore(chart, 'it', {
        ...POD,
        persistence: values.persistence,
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      }),
  ],
  [
    'Walls',
    (chart) =>
      new Walls(chart, 'it', { component: 'part', ingress: [fromCluster('http')], egress: [toComponent('other', 80)] }),
  ],
  ['WebService', (chart) => new WebService(chart, 'it', { component: 'part', values })],
])('%s', (_name, build) => {
  expect(templatesOf(build)).toMatchSnapshot();
});
