/**
 * What must hold of everything that the chart makes: Pod Security *restricted*, and what kube-score, kube-linter, polaris
 * and the NSA's guide ask for. Each rule says what breaks it; a rule that finds nothing is kept.
 */
import type { KubernetesObject } from './helm.ts';
import { type Container, type Pod, podsOf, referencesOf, selects, specOf } from './objects.ts';

export interface Rule {
  readonly name: string;
  /** What breaks it, in words. */
  readonly faults: (objects: readonly KubernetesObject[]) => readonly string[];
}

/** A rule about each pod. */
function aboutPods(name: string, fault: (pod: Pod, objects: readonly KubernetesObject[]) => boolean): Rule {
  return {
    name,
    faults: (objects) =>
      podsOf(objects)
        .filter((pod) => fault(pod, objects))
        .map(({ owner }) => owner),
  };
}

/** A rule about each container, of init containers and tests too. */
function aboutContainers(name: string, fault: (container: Container, pod: Pod) => boolean): Rule {
  const faults = (objects: readonly KubernetesObject[]) =>
    podsOf(objects).flatMap((pod) =>
      pod.containers.filter((one) => fault(one, pod)).map((one) => `${pod.owner} ${one.name}`),
    );
  return { name, faults };
}

/** A rule about each object of a kind. */
function about(
  kind: string,
  name: string,
  fault: (one: KubernetesObject, all: readonly KubernetesObject[]) => boolean,
): Rule {
  const faults = (objects: readonly KubernetesObject[]) =>
    objects.filter((one) => one.kind === kind && fault(one, objects)).map((one) => `${kind} ${one.metadata.name}`);
  return { name, faults };
}

const SIX_LABELS = ['name', 'instance', 'version', 'component', 'part-of', 'managed-by'];
const SELECTOR = ['component', 'instance', 'name'].map((label) => `app.kubernetes.io/${label}`);
const SECRET_NAME = /(PASSWORD|TOKEN|SECRET|_KEY)$/;
const VOLUMES = new Set(['configMap', 'emptyDir', 'projected', 'secret', 'persistentVolumeClaim']);

export const POD_RULES: readonly Rule[] = [
  aboutPods('runs as nobody in particular, with the default seccomp profile', ({ spec }) => {
    const { runAsNonRoot, runAsUser, seccompProfile } = (spec.securityContext ?? {}) as Record<string, unknown>;
    return runAsNonRoot !== true || runAsUser === 0 || (seccompProfile as { type?: string })?.type !== 'RuntimeDefault';
  }),
  aboutPods('has no namespace, port or path of its host', ({ spec }) =>
    ['hostNetwork', 'hostPID', 'hostIPC'].some((key) => key in spec),
  ),
  aboutPods('has volumes of harmless kinds only', ({ spec }) =>
    (spec.volumes ?? []).some((volume) => Object.keys(volume).some((key) => key !== 'name' && !VOLUMES.has(key))),
  ),
  aboutPods('has a service account of the release', ({ spec: { serviceAccountName: name } }, objects) => {
    return !objects.some(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === name);
  }),
  aboutPods(
    'has no token of the API server but in the setup',
    ({ spec, owner }) => spec.automountServiceAccountToken !== /-setup/.test(owner),
  ),
  aboutPods('is selected by one NetworkPolicy, for both ways', (pod, objects) => {
    const policies = objects.filter((one) => one.kind === 'NetworkPolicy' && selects(specOf(one)['podSelector'], pod));
    return policies.length !== 1 || (specOf(policies[0])['policyTypes'] as string[]).length !== 2;
  }),
  aboutPods('has the six labels', ({ labels }) =>
    SIX_LABELS.some((label) => !(`app.kubernetes.io/${label}` in labels)),
  ),
  aboutContainers('drops every right', ({ securityContext }) => {
    const { allowPrivilegeEscalation, capabilities, readOnlyRootFilesystem, runAsNonRoot } = securityContext ?? {};
    const { drop } = (capabilities ?? {}) as { drop?: string[] };
    return allowPrivilegeEscalation !== false || !drop?.includes('ALL') || !readOnlyRootFilesystem || !runAsNonRoot;
  }),
  aboutContainers('asks for CPU and memory, and has a limit of memory', ({ resources }) => {
    return !resources?.requests?.['cpu'] || !resources.requests['memory'] || !resources.limits?.['memory'];
  }),
  aboutContainers('has an image with a tag or a digest, pulled where it is missing', ({ image, imagePullPolicy }) => {
    return (
      !/(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image) || image.endsWith(':latest') || imagePullPolicy !== 'IfNotPresent'
    );
  }),
  aboutContainers('has a liveness and a readiness probe where it stays', (container, { isLasting }) => {
    const isSidecar = container.restartPolicy === 'Always';
    if (isSidecar || !isLasting) return false;
    return !container.owner.includes('simulator') && !(container.livenessProbe && container.readinessProbe);
  }),
  aboutContainers('has a startup probe where it starts slowly', ({ name, startupProbe }, { isLasting }) => {
    return isLasting && /^(influxdb|grafana|api|mqtt-bridge)$/.test(name) && startupProbe === undefined;
  }),
  aboutContainers('has no secret among its variables', ({ env = [] }) =>
    env.some(({ name, value }) => value !== undefined && SECRET_NAME.test(name)),
  ),
  aboutContainers('has every variable once', ({ env = [] }) => new Set(env.map(({ name }) => name)).size < env.length),
  aboutContainers('listens above 1024 only', ({ ports = [] }) =>
    ports.some(({ containerPort }) => containerPort <= 1024),
  ),
];

export const RELEASE_RULES: readonly Rule[] = [
  about('ConfigMap', 'settings hold no secret, but where it is', (one) => {
    const data = (one['data'] ?? {}) as Readonly<Record<string, string>>;
    return Object.entries(data).some(([name, value]) => SECRET_NAME.test(name) && value !== '');
  }),
  about('Deployment', 'many pods have a budget, and are spread', (one, all) => {
    const { replicas = 2, template } = specOf(one) as { replicas?: number; template: { spec: object } };
    const budgets = all.filter(({ kind }) => kind === 'PodDisruptionBudget');
    const hasBudget = budgets.some(({ metadata }) => metadata.name === one.metadata.name);
    return replicas > 1 && !(hasBudget && 'topologySpreadConstraints' in template.spec);
  }),
  about('Job', 'jobs end', (one) => specOf(one)['activeDeadlineSeconds'] === undefined),
  about(
    'NetworkPolicy',
    'walls stand around something',
    (one, all) => !podsOf(all).some((pod) => selects(specOf(one)['podSelector'], pod)),
  ),
  about(
    'Service',
    'services lead somewhere',
    (one, all) => !podsOf(all).some((pod) => selects({ matchLabels: specOf(one)['selector'] }, pod)),
  ),
  about('PodDisruptionBudget', 'a budget is for more than one pod', (one, all) => {
    const [owner] = all.filter(
      (other) => /Deployment|StatefulSet/.test(other.kind) && other.metadata.name === one.metadata.name,
    );
    const scaler = all.find(
      (other) => other.kind === 'HorizontalPodAutoscaler' && other.metadata.name === one.metadata.name,
    );
    return Number(specOf(owner)['replicas'] ?? specOf(scaler)['minReplicas'] ?? 1) < 2;
  }),
  about('HorizontalPodAutoscaler', 'an autoscaler alone sets replicas', (one, all) => {
    const { name } = specOf(one)['scaleTargetRef'] as { name: string };
    const target = all.find((other) => other.kind === 'Deployment' && other.metadata.name === name);
    return target === undefined || 'replicas' in specOf(target);
  }),
  about('Role', 'rights are for named Secrets, to read and change them', (one) => {
    const rules = one['rules'] as readonly { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
    return rules.some(({ resources, verbs, resourceNames }) => {
      return resources.join() !== 'secrets' || verbs.join() !== 'get,patch' || resourceNames?.length !== 1;
    });
  }),
  about('CronJob', 'what runs by the clock ends', (one) => {
    const { jobTemplate, startingDeadlineSeconds } = specOf(one) as Record<string, { spec?: Record<string, unknown> }>;
    return jobTemplate?.spec?.['activeDeadlineSeconds'] === undefined || startingDeadlineSeconds === undefined;
  }),
  {
    name: 'nothing reaches beyond the namespace',
    faults: (objects) => objects.filter(({ kind }) => /^Cluster|Namespace/.test(kind)).map(({ kind }) => kind),
  },
  {
    name: 'only stable versions',
    faults: (objects) => objects.filter(({ apiVersion }) => /alpha|beta/.test(apiVersion)).map(({ kind }) => kind),
  },
  {
    name: 'everything has the six labels',
    faults: (objects) =>
      objects.flatMap(({ kind, metadata }) => {
        const labels = (metadata['labels'] ?? {}) as object;
        return SIX_LABELS.every((label) => `app.kubernetes.io/${label}` in labels) ? [] : [`${kind} ${metadata.name}`];
      }),
  },
  {
    name: 'selectors are name, instance and component (and the car, where each has its own), for ever',
    faults: (objects) =>
      objects
        .filter(({ kind }) => /^(Deployment|StatefulSet)$/.test(kind))
        .filter((one) => {
          const { matchLabels } = specOf(one)['selector'] as { matchLabels: object };
          const own = Object.keys(matchLabels).filter((label) => label !== 'fleet-telemetry/car');
          return own.toSorted().join() !== SELECTOR.join();
        })
        .map(({ metadata }) => metadata.name),
  },
  {
    name: 'no two workloads select the same pods',
    faults: (objects) => {
      const selectors = objects
        .filter(({ kind }) => /^(Deployment|StatefulSet)$/.test(kind))
        .map((one) => JSON.stringify(specOf(one)['selector']));
      return selectors.filter((selector, index) => selectors.indexOf(selector) !== index);
    },
  },
  {
    name: 'every reference leads to something of the release, or to what the values name',
    faults: (objects) => {
      const present = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
      return referencesOf(objects).filter((reference) => !present.has(reference));
    },
  },
  {
    name: 'names are short enough for what follows from them',
    faults: (objects) => {
      const most: Readonly<Record<string, number>> = { CronJob: 52, StatefulSet: 52, Service: 63, Job: 63, Pod: 63 };
      return objects
        .filter(({ kind, metadata }) => metadata.name.length > (most[kind] ?? 253))
        .map(({ metadata }) => metadata.name);
    },
  },
];
