/** The pods that take events and answer questions. */
import { EDGE_SECRET, KUBERNETES_SECRETS } from '@fleet/api/kubernetes-secrets';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { PersistentVolumeClaim, VolumeProjection } from 'kubernetes-types/core/v1.js';
import { Account } from '../../constructs/account.ts';
import { toInfluxdb } from '../../constructs/database-access.ts';
import { KEPT } from '../../constructs/generated-secret.ts';
import { nameOf } from '../../constructs/global-values.ts';
import { metadataOf, mount, podTemplate, selectorOf } from '../../constructs/pod.ts';
import { Scaling } from '../../constructs/scaling.ts';
import { fromCluster, fromComponents, Walls } from '../../constructs/walls.ts';
import { WebService } from '../../constructs/web-service.ts';
import { Manifest } from '../../helm/manifest.ts';
import { not } from '../../helm/operators.ts';
import { commented, type Fields, optional, when } from '../../helm/template.ts';
import { AUTH_SECRET, isFolder, isShared, SETTINGS_DIGEST, secretsVolume, serverContainer, TMP } from './pods.ts';
import { api } from './values.ts';

const COMPONENT = 'api';
/** The server takes 25 s to end; before it begins, nobody sends it anything new any more. */
const GRACE_SECONDS = 40;

/** The keys of whoever is let in, beside those in the registry. */
const KEYS: readonly Fields<VolumeProjection>[] = [
  { configMap: { name: nameOf('api-keys') } },
  { secret: { name: AUTH_SECRET, items: KUBERNETES_SECRETS['api-auth'].map((key) => ({ key, path: key })) } },
  { secret: { name: nameOf('simulator-auth'), optional: true } },
  { secret: { name: nameOf(EDGE_SECRET), optional: true } },
];

export class Server extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#deployment();
    this.#claim();
    new WebService(this, 'web', { component: COMPONENT, values: api });
    new Scaling(this, 'scaling', { component: COMPONENT, replicas: api.replicas, autoscaling: api.autoscaling });
    new Account(this, 'account', { component: COMPONENT });
    new Walls(this, 'walls', {
      component: COMPONENT,
      ingress: [fromCluster('http'), fromComponents('http', 'test', 'simulator', 'edge')],
      egress: [when(isShared, toInfluxdb())],
    });
  }

  #deployment(): void {
    const container = serverContainer('api', ['node', 'api/dist/main.js']);
    new Manifest<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadataOf(COMPONENT),
      spec: {
        replicas: commented(
          'Where there is an autoscaler, it sets them.',
          when(not(api.autoscaling.enabled), api.replicas),
        ),
        strategy: commented(
          'A folder has one server: the old one ends before the new one starts.',
          when(
            isFolder,
            { type: 'Recreate' },
            { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
          ),
        ),
        selector: { matchLabels: selectorOf(COMPONENT) },
        template: podTemplate({
          component: COMPONENT,
          values: api,
          annotations: SETTINGS_DIGEST,
          containers: [
            {
              ...container,
              envFrom: [...container.envFrom, { configMapRef: { name: nameOf('api-access') } }],
              ports: [{ name: 'http', containerPort: 3000 }],
              lifecycle: commented('Meanwhile the Service forgets the pod.', {
                preStop: { exec: { command: ['sleep', '5'] } },
              }),
              startupProbe: { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 2, failureThreshold: 60 },
              livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, timeoutSeconds: 5, failureThreshold: 6 },
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' }, periodSeconds: 5, timeoutSeconds: 5 },
              resources: api.resources,
              volumeMounts: [...container.volumeMounts, when(isFolder, mount('data', '/data'))],
            },
          ],
          volumes: [
            secretsVolume(...KEYS),
            TMP,
            when(isFolder, { name: 'data', persistentVolumeClaim: { claimName: nameOf(COMPONENT) } }),
          ],
          more: {
            terminationGracePeriodSeconds: GRACE_SECONDS,
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: selectorOf(COMPONENT) },
              },
            ],
          },
        }),
      },
    });
  }

  #claim(): void {
    const { size, storageClass } = api.persistence;
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
      { when: isFolder },
    );
  }
}
