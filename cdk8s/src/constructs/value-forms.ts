/** Forms of values that many charts have. */
import type { Affinity, EnvVar, Toleration } from 'kubernetes-types/core/v1.js';
import { formed, group, list, map, type Schema } from '../helm/values.ts';
import {
  AFFINITY,
  ANNOTATIONS,
  CONTAINER_SECURITY,
  LABELS,
  POD_SECURITY,
  QUANTITY,
  RESOURCES,
  TOLERATION,
  VARIABLE,
} from './kubernetes-schemas.ts';

/** A name of an object of Kubernetes, or nothing. */
export const NAME = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$/;
/** An address, or nothing. */
export const URL_FORM = /^(https?:\/\/[\w.:[\]-]+(\/[\w./-]*)?)?$/;
/** When a CronJob runs. */
export const SCHEDULE = /^[\d*/,-]+( [\d*/,-]+){4}$/;

/** Labels that selectors need stay as they are. */
const FREE_LABELS: Schema = {
  ...LABELS,
  propertyNames: {
    ...(LABELS['propertyNames'] as Schema),
    not: { pattern: '^(app\\.kubernetes\\.io|helm\\.sh|fleet-telemetry)/' },
  },
};

/** Where an image is. */
export function imageValues(registry: string, repository: string, tag: string) {
  return {
    registry: formed(registry, 'Registry.', /^[\w.-]+(:\d+)?$/, ['registry.example.org']),
    repository: formed(repository, 'Repository.', /^[\w.-]+(\/[\w.-]+)*$/, ['mirror/some.image']),
    tag: formed(tag, tag === '' ? 'Tag; the version of the chart where it is empty.' : 'Tag.', /^[\w.-]{0,128}$/, [
      '1.0',
      'latest-ish',
    ]),
    digest: formed('', 'Digest, as in `sha256:…`; wins over the tag.', /^(sha256:[0-9a-f]{64})?$/, [
      `sha256:${'0a'.repeat(32)}`,
    ]),
  };
}

/** How much of a machine a container gets. */
export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export function resources(requests: Readonly<Record<string, string>>, memoryLimit: string) {
  const fallback: Resources = { requests, limits: { memory: memoryLimit } };
  return map<Resources>(fallback, 'Requests and limits.', RESOURCES, [
    { requests: { cpu: '2' }, limits: { cpu: '2', memory: '1Gi' } },
    {},
  ]);
}

/** A security context of a pod: restricted, with ids of its own. */
export function podSecurity(id: number) {
  const fallback: Readonly<Record<string, unknown>> = {
    runAsNonRoot: true,
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
  return map(fallback, 'Security context of the pod. A key is taken away with `null`.', POD_SECURITY, [
    { runAsNonRoot: true },
  ]);
}

export function containerSecurity() {
  const fallback: Readonly<Record<string, unknown>> = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  return map(fallback, 'Security context of its containers.', CONTAINER_SECURITY, [{ readOnlyRootFilesystem: true }]);
}

/** What every pod may be told. */
export function podValues(id: number) {
  return {
    podLabels: map<Record<string, string>>({}, 'Further labels of pods.', FREE_LABELS, [{ team: 'cars' }]),
    podAnnotations: map<Record<string, string>>({}, 'Annotations of pods.', ANNOTATIONS, [
      { 'example.org/a': 'b: {{ c }}' },
    ]),
    nodeSelector: map<Record<string, string>>({}, 'Labels of the nodes that pods run on.', LABELS, [
      { 'kubernetes.io/arch': 'arm64' },
    ]),
    tolerations: list<Toleration>([], 'Taints of nodes that pods put up with.', TOLERATION, [
      [{ key: 'cars', operator: 'Exists' }],
    ]),
    affinity: map<Affinity>({}, 'Which nodes and neighbours pods like.', AFFINITY, [
      { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    ]),
    priorityClassName: formed('', 'Priority class of pods.', NAME, ['important']),
    podSecurityContext: podSecurity(id),
    securityContext: containerSecurity(),
  };
}

/** A variable of the environment. */
export const extraEnv = () =>
  list<EnvVar>(
    [],
    'Variables of the environment, as in a container: `[{name, value}]`. They win over what the chart sets.',
    VARIABLE,
    [[{ name: 'NODE_OPTIONS', value: '--max-old-space-size=300' }]],
  );

/** Where something is kept. */
export function persistenceValues(size: string) {
  return group('Where it is kept.', {
    size: formed(size, 'Size of the volume; later ones need a new volume, or a storage class that grows.', QUANTITY, [
      '1Ti',
    ]),
    storageClass: formed('', "Storage class; the cluster's default where it is empty.", NAME, ['local-path']),
  });
}
