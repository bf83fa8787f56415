/** The subchart `simulator`: recorded drives, sent as if they were driven now, again and again. */
import type { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { Account } from '../../constructs/account.ts';
import { SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { GeneratedSecret } from '../../constructs/generated-secret.ts';
import { GLOBAL, IMAGE, nameOf, shared } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, podTemplate, scratch, selectorOf } from '../../constructs/pod.ts';
import { podValues, resources } from '../../constructs/value-forms.ts';
import { toComponent, Walls } from '../../constructs/walls.ts';
import { HelmChart } from '../../helm/helm-chart.ts';
import { Manifest } from '../../helm/manifest.ts';
import { text } from '../../helm/text.ts';
import { formed, int, refs } from '../../helm/values.ts';
import { CHART_VERSION } from '../chart-version.ts';

export const SIMULATOR_VALUES = {
  global: GLOBAL,
  drive: formed('drive-01', 'One of the drives in the image.', /^drive-\d\d$/, ['drive-03']),
  vehicles: int(1, 1_000, 3, 'Vehicles.'),
  speed: int(1, 1_000, 1, 'How many times as fast as it was driven.'),
  resources: resources({ cpu: '50m', memory: '96Mi' }, '256Mi'),
  ...podValues(10_001),
};

const simulator = refs(SIMULATOR_VALUES);
const COMPONENT = 'simulator';

export class SimulatorChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      info: { name: 'simulator', description: 'Cars for Fleet Telemetry where there are none.', ...CHART_VERSION },
      values: SIMULATOR_VALUES,
    });
    new GeneratedSecret(this, 'auth', { component: COMPONENT, secret: 'simulator-auth' });
    new Account(this, 'account', { component: COMPONENT });
    new Walls(this, 'walls', { component: COMPONENT, egress: [toComponent('api', 'http')] });
    this.#deployment();
  }

  #deployment(): void {
    const command = ['fleet', 'replay', text`examples/drives/${simulator.drive}.ndjson.gz`, '--as-now', '--repeat'];
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadataOf(COMPONENT),
      spec: {
        replicas: 1,
        strategy: { type: 'Recreate' },
        selector: { matchLabels: selectorOf(COMPONENT) },
        template: podTemplate({
          component: COMPONENT,
          values: simulator,
          containers: [
            {
              name: COMPONENT,
              image: IMAGE,
              imagePullPolicy: shared.image.pullPolicy,
              command: [...command, text`--speed=${simulator.speed}`, text`--vehicles=${simulator.vehicles}`],
              env: [
                { name: 'FLEET_URL', value: text`http://${nameOf('api')}` },
                { name: 'FLEET_KEY_FILE', value: `${SECRETS_FOLDER}/SIMULATOR_KEY` },
              ],
              resources: simulator.resources,
              securityContext: simulator.securityContext,
              volumeMounts: [mount('secrets', SECRETS_FOLDER, true), mount('tmp', '/tmp')],
            },
          ],
          volumes: [
            { name: 'secrets', secret: { secretName: nameOf('simulator-auth'), defaultMode: GROUP_READS } },
            scratch('tmp', '64Mi'),
          ],
        }),
      },
    });
  }
}
