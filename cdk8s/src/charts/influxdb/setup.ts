/** What makes buckets and tokens, and hands the tokens on: the only pod that may talk to the API server. */
import { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { Secret } from 'kubernetes-types/core/v1.js';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1.js';
import { Account } from '../../constructs/account.ts';
import { INFLUXDB_CONNECTION, INFLUXDB_PORT, SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { KEPT } from '../../constructs/generated-secret.ts';
import { IMAGE, nameOf, shared, TOKENS_SECRET, VALUES_DIGEST } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, type PodProps, scratch } from '../../constructs/pod.ts';
import { jobSpec, ScheduledCommand } from '../../constructs/scheduled-command.ts';
import { toAnywhere, toComponent, Walls } from '../../constructs/walls.ts';
import { Manifest } from '../../helm/manifest.ts';
import { builtIn, not } from '../../helm/operators.ts';
import { text } from '../../helm/text.ts';
import { AUTH_SECRET } from './auth.ts';
import { influxdb } from './values.ts';

const COMPONENT = 'setup';
const FILE = 'setup';
/** How long InfluxDB may take to start, and everything after it, seconds. */
const DEADLINE = 1_800;

export class Setup extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const place = { component: COMPONENT, file: FILE };
    new Account(this, 'account', place);
    new Walls(this, 'walls', {
      ...place,
      egress: [toComponent('influxdb', INFLUXDB_PORT), toAnywhere(443, 6443)],
    });
    this.#rights();
    this.#tokens();
    const pod = setupPod();
    new Manifest<Job>(
      this,
      'job',
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: metadataOf(COMPONENT, { name: text`${nameOf('setup')}-${VALUES_DIGEST}-${builtIn.revision}` }),
        spec: jobSpec(pod, DEADLINE),
      },
      { file: FILE, comment: "A job can't be changed: its name follows from what it is made of." },
    );
    new ScheduledCommand(this, 'heal', { ...pod, file: FILE, schedule: influxdb.setup.schedule, deadline: DEADLINE });
  }

  /** It may read and change the one Secret, and nothing else. */
  #rights(): void {
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: nameOf(COMPONENT) };
    new Manifest<Role>(
      this,
      'role',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: metadataOf(COMPONENT),
        rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [TOKENS_SECRET], verbs: ['get', 'patch'] }],
      },
      { file: FILE },
    );
    new Manifest<RoleBinding>(
      this,
      'binding',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: metadataOf(COMPONENT),
        roleRef: role,
        subjects: [{ kind: 'ServiceAccount', name: nameOf(COMPONENT) }],
      },
      { file: FILE },
    );
  }

  /** Without data: who renders it never touches what the job put there. */
  #tokens(): void {
    new Manifest<Secret>(
      this,
      'tokens',
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadataOf('influxdb', { name: TOKENS_SECRET, annotations: KEPT }),
        type: 'Opaque',
      },
      { file: FILE, when: not(shared.influxdb.existingSecret), comment: 'The job puts the tokens in.' },
    );
  }
}

function setupPod(): PodProps {
  return {
    component: COMPONENT,
    values: influxdb,
    containers: [
      {
        name: COMPONENT,
        image: IMAGE,
        imagePullPolicy: shared.image.pullPolicy,
        command: ['fleet', 'influx', 'setup', '--wait', '--kubernetes-secret', TOKENS_SECRET],
        envFrom: [INFLUXDB_CONNECTION],
        env: [
          { name: 'RETENTION', value: shared.retention },
          { name: 'INFLUX_ADMIN_TOKEN_FILE', value: `${SECRETS_FOLDER}/INFLUX_ADMIN_TOKEN` },
          { name: 'INFLUX_ADMIN_PASSWORD_FILE', value: `${SECRETS_FOLDER}/INFLUX_ADMIN_PASSWORD` },
        ],
        resources: influxdb.setup.resources,
        securityContext: influxdb.securityContext,
        volumeMounts: [mount('secrets', SECRETS_FOLDER, true), mount('tmp', '/tmp')],
      },
    ],
    volumes: [
      { name: 'secrets', secret: { secretName: AUTH_SECRET, defaultMode: GROUP_READS } },
      scratch('tmp', '64Mi'),
    ],
    more: { automountServiceAccountToken: true },
  };
}
