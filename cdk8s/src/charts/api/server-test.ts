/** `helm test`: an event goes in, comes out, and is taken away again. */
import { Construct } from 'constructs';
import type { Pod } from 'kubernetes-types/core/v1.js';
import { Account } from '../../constructs/account.ts';
import { SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { IMAGE, nameOf, shared } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, podTemplate, scratch } from '../../constructs/pod.ts';
import { resources } from '../../constructs/value-forms.ts';
import { toComponent, Walls } from '../../constructs/walls.ts';
import { Manifest } from '../../helm/manifest.ts';
import type { Fields } from '../../helm/template.ts';
import { text } from '../../helm/text.ts';
import { AUTH_SECRET } from './pods.ts';
import { api } from './values.ts';

export class ServerTest extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const component = 'test';
    const place = { component, file: 'tests/test', when: api.test.enabled, onlyHelm: true };
    new Account(this, 'account', place);
    new Walls(this, 'walls', { ...place, egress: [toComponent('api', 'http')] });
    const { spec } = podTemplate({
      component,
      values: api,
      containers: [
        {
          name: 'test',
          image: IMAGE,
          imagePullPolicy: shared.image.pullPolicy,
          command: ['fleet', 'check'],
          env: [
            { name: 'FLEET_URL', value: text`http://${nameOf('api')}:${api.service.port}` },
            { name: 'FLEET_KEY_FILE', value: `${SECRETS_FOLDER}/TEST_KEY` },
          ],
          securityContext: api.securityContext,
          resources: resources({ cpu: '50m', memory: '96Mi' }, '256Mi').default,
          volumeMounts: [mount('secrets', SECRETS_FOLDER, true), mount('tmp', '/tmp')],
        },
      ],
      volumes: [
        {
          name: 'secrets',
          secret: { secretName: AUTH_SECRET, defaultMode: GROUP_READS, items: [{ key: 'TEST_KEY', path: 'TEST_KEY' }] },
        },
        scratch('tmp', '64Mi'),
      ],
      more: { restartPolicy: 'Never' },
    }) as Required<Fields<Pod>>;
    new Manifest<Pod>(
      this,
      'pod',
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: metadataOf(component, {
          annotations: { 'helm.sh/hook': 'test', 'helm.sh/hook-delete-policy': 'before-hook-creation' },
        }),
        spec,
      },
      place,
    );
  }
}
