/** Objects of Kubernetes as rules look at them. */
import type { KubernetesObject } from './helm.ts';

export interface Container {
  readonly name: string;
  /** The pod that it is in, for people. */
  readonly owner: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly restartPolicy?: string;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
  readonly startupProbe?: object;
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly containerPort: number }[];
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: object;
  readonly volumes?: readonly object[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

export interface Pod {
  /** What makes it, for people. */
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  readonly containers: readonly Container[];
  /** Whether it is to stay. */
  readonly isLasting: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export function specOf(object: KubernetesObject | undefined): Json {
  return (object?.['spec'] ?? {}) as Json;
}

/** Every pod, or what makes pods. */
export function podsOf(objects: readonly KubernetesObject[]): Pod[] {
  return objects.flatMap((object) => {
    const template = templateOf(object);
    if (template === undefined) return [];
    const { metadata, spec } = template;
    const owner = `${object.kind} ${object.metadata.name}`;
    const containers = [...(spec.initContainers ?? []), ...spec.containers].map((one) => ({ ...one, owner }));
    return [
      { owner, labels: metadata.labels, spec, containers, isLasting: /^(Deployment|StatefulSet)$/.test(object.kind) },
    ];
  });
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

function templateOf(object: KubernetesObject): PodTemplate | undefined {
  const spec = specOf(object);
  switch (object.kind) {
    case 'Pod':
      return object as unknown as PodTemplate;
    case 'CronJob':
      return (spec['jobTemplate'] as { spec: { template: PodTemplate } }).spec.template;
    case 'Deployment':
    case 'StatefulSet':
    case 'Job':
      return spec['template'] as PodTemplate;
    default:
      return undefined;
  }
}

/** Whether a selector is about a pod. */
export function selects(selector: unknown, { labels }: Pod): boolean {
  const { matchLabels = {} } = (selector ?? {}) as { matchLabels?: Readonly<Record<string, string>> };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

/** Where in an object a name stands that something must have: the key around it, and the kind of what it names. */
const REFERENCES: Readonly<Record<string, string>> = {
  configMapRef: 'ConfigMap',
  configMap: 'ConfigMap',
  secretRef: 'Secret',
  secret: 'Secret',
  persistentVolumeClaim: 'PersistentVolumeClaim',
  service: 'Service',
  roleRef: 'Role',
  credentials: 'Secret',
};

/** What objects refer to, as `kind/name`, without what may be missing. */
export function referencesOf(value: unknown): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(referencesOf))];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const { name, secretName, claimName, optional } = (inner ?? {}) as Record<string, string | boolean>;
    const target = secretName ?? claimName ?? name;
    const kind = Object.hasOwn(REFERENCES, key) ? REFERENCES[key] : undefined;
    const own = kind !== undefined && target !== undefined && optional !== true ? [`${kind}/${target}`] : [];
    return [...own, ...referencesOf(inner)];
  });
}
