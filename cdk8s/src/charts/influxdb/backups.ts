/** Backups of InfluxDB on a volume of their own. */
import { Construct } from 'constructs';
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import { Account } from '../../constructs/account.ts';
import { ConfigFiles } from '../../constructs/config-files.ts';
import { INFLUXDB_CONNECTION, INFLUXDB_PORT, SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { KEPT } from '../../constructs/generated-secret.ts';
import { nameOf, shared, VALUES_DIGEST } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, type PodProps, scratch } from '../../constructs/pod.ts';
import { jobSpec, ScheduledCommand } from '../../constructs/scheduled-command.ts';
import { toComponent, Walls } from '../../constructs/walls.ts';
import { Manifest } from '../../helm/manifest.ts';
import { builtIn } from '../../helm/operators.ts';
import { Lines, optional } from '../../helm/template.ts';
import { text } from '../../helm/text.ts';
import { AUTH_SECRET } from './auth.ts';
import { INFLUXDB_IMAGE } from './store.ts';
import { influxdb } from './values.ts';

const COMPONENT = 'backup';
const { enabled, schedule, keep, restore, persistence, resources } = influxdb.backup;

/** A backup counts when it is whole; only then an old one goes. */
const BACKUP = new Lines([
  'set -eu',
  'cd /backup',
  'rm -rf ./*.part',
  'name=$(date -u +%Y-%m-%dT%H-%M-%SZ)',
  `INFLUX_TOKEN=$(cat ${SECRETS_FOLDER}/INFLUX_ADMIN_TOKEN)`,
  'export INFLUX_TOKEN',
  'influx backup --host "$INFLUX_URL" "$name.part"',
  'mv "$name.part" "$name"',
  text`ls -d ./*Z | sort | head -n -${keep} | xargs -r rm -rf`,
  'ls -1',
]);

/** Buckets are replaced whole: their ids are other ones then, and the setup makes their tokens anew. */
const RESTORE = new Lines([
  'set -eu',
  'cd /backup',
  text`name=${restore}`,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  'name=${name:-$(ls -d ./*Z | sort | tail -n 1)}',
  'echo "restoring $name"',
  `INFLUX_TOKEN=$(cat ${SECRETS_FOLDER}/INFLUX_ADMIN_TOKEN)`,
  'export INFLUX_TOKEN INFLUX_HOST="$INFLUX_URL" INFLUX_ORG',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  'for bucket in "$INFLUX_BUCKET" "${INFLUX_BUCKET}_meta"; do',
  '  if influx bucket list --name "$bucket" >/dev/null 2>&1; then influx bucket delete --name "$bucket"; fi',
  '  influx restore --bucket "$bucket" "$name"',
  'done',
]);

export class Backups extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const place = { component: COMPONENT, file: 'backup', when: enabled };
    new Account(this, 'account', place);
    new Walls(this, 'walls', { ...place, egress: [toComponent('influxdb', INFLUXDB_PORT)] });
    new ConfigFiles(this, 'script', { ...place, data: { 'backup.sh': BACKUP, 'restore.sh': RESTORE } });
    new Manifest<PersistentVolumeClaim>(
      this,
      'claim',
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: metadataOf(COMPONENT, { annotations: KEPT }),
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: optional(persistence.storageClass),
          resources: { requests: { storage: persistence.size } },
        },
      },
      { file: 'backup', when: enabled },
    );
    new Manifest<Job>(
      this,
      'first-user',
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: metadataOf(COMPONENT, {
          name: text`${nameOf(COMPONENT)}-claim-${VALUES_DIGEST}-${builtIn.revision}`,
        }),
        spec: jobSpec(pod(['ls', '-1', '/backup']), DEADLINE),
      },
      { ...place, comment: 'Many a volume comes with its first pod; `helm --wait` waits for the volume.' },
    );
    new ScheduledCommand(this, 'backup', { ...place, ...runs('backup.sh'), schedule, deadline: DEADLINE });
    new ScheduledCommand(this, 'restore', {
      ...place,
      ...runs('restore.sh'),
      name: 'restore',
      schedule,
      suspend: true,
      deadline: DEADLINE,
    });
  }
}

/** How long either may take, seconds. */
const DEADLINE = 7_200;

function runs(script: string): PodProps {
  return pod(['sh', `/scripts/${script}`]);
}

function pod(command: readonly string[]): PodProps {
  return {
    component: COMPONENT,
    values: influxdb,
    containers: [
      {
        name: COMPONENT,
        image: INFLUXDB_IMAGE,
        imagePullPolicy: shared.image.pullPolicy,
        command,
        envFrom: [INFLUXDB_CONNECTION],
        env: [{ name: 'HOME', value: '/tmp' }],
        resources,
        securityContext: influxdb.securityContext,
        volumeMounts: [
          mount('backup', '/backup'),
          mount('scripts', '/scripts', true),
          mount('secrets', SECRETS_FOLDER, true),
          mount('tmp', '/tmp'),
        ],
      },
    ],
    volumes: [
      { name: 'backup', persistentVolumeClaim: { claimName: nameOf(COMPONENT) } },
      { name: 'scripts', configMap: { name: nameOf(COMPONENT) } },
      { name: 'secrets', secret: { secretName: AUTH_SECRET, defaultMode: GROUP_READS } },
      scratch('tmp', '64Mi'),
    ],
  };
}
