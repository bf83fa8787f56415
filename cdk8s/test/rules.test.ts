import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { createFleet } from '../src/fleet-app.ts';
import type { KubernetesObject } from './helm.ts';
import { POD_RULES, RELEASE_RULES } from './rules.ts';

const CI = new URL('../../ci/', import.meta.url);
const FILES = readdirSync(CI);

/** Secrets that the values of a file say are there. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  'production-values.yaml': ['grafana-contacts', 'fleet-tls', 'grafana-tls', 'fleet-mosquitto-tls'],
  'external-values.yaml': ['influx-tokens', 'mqtt-password'],
  'existing-secrets-values.yaml': [
    'influx-tokens',
    'mqtt-password',
    'fleet-keys',
    'influx-auth',
    'mqtt-tls',
    'grafana-auth',
  ],
  'gitops-values.yaml': ['api-auth', 'influxdb-auth', 'mqtt-auth', 'grafana-auth', 'simulator-auth'].map(
    (name) => `fleet-${name}`,
  ),
};

// biome-ignore lint/suspicious/noExplicitAny: objects are broken on purpose, wherever
type Json = Record<string, any>;

export function objectsOf(values: Record<string, unknown>, release = 'fleet', isPlain = false): KubernetesObject[] {
  const { chart } = createFleet({
    values,
    release: { name: release, namespace: 'cars', revision: 1, service: 'Helm' },
    apiVersions: [],
    isPlain,
  });
  return [chart, ...chart.subcharts].flatMap((one) => one.toJson()) as KubernetesObject[];
}

describe.each(FILES)('with %s', (file) => {
  const values = (load(readFileSync(new URL(file, CI), 'utf8')) ?? {}) as Record<string, unknown>;
  const objects = objectsOf(values);
  const given = (GIVEN[file] ?? []).map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: objects[0]?.metadata['labels'] },
  }));

  test.each(POD_RULES)('every pod $name', ({ faults }) => {
    expect(faults(objects)).toEqual([]);
  });

  test.each(RELEASE_RULES)('$name', ({ faults }) => {
    expect(faults([...objects, ...given])).toEqual([]);
  });
});

describe('the rules find what breaks them', () => {
  const whole = objectsOf({ api: { autoscaling: { enabled: true } } });

  /** The release, with the first object of a kind changed. */
  const changed = (kind: string, change: (object: Json) => void) => {
    const objects = structuredClone(whole) as unknown as Json[];
    const found = objects.find((one) => one['kind'] === kind);
    change(found as Json);
    return objects as unknown as KubernetesObject[];
  };
  const pod = (object: Json) => object['spec'].template.spec;

  test.each<[string, string, (object: Json) => void]>([
    ['runs as nobody', 'Deployment', (one) => (pod(one).securityContext.runAsNonRoot = false)],
    ['no namespace, port or path', 'Deployment', (one) => (pod(one).hostNetwork = true)],
    ['volumes of harmless kinds', 'Deployment', (one) => pod(one).volumes.push({ name: 'a', hostPath: {} })],
    ['a service account of the release', 'Deployment', (one) => (pod(one).serviceAccountName = 'default')],
    ['no token of the API server', 'Deployment', (one) => (pod(one).automountServiceAccountToken = true)],
    ['one NetworkPolicy', 'NetworkPolicy', (one) => (one['spec'].policyTypes = ['Ingress'])],
    ['drops every right', 'Deployment', (one) => delete pod(one).containers[0].securityContext.capabilities],
    ['asks for CPU', 'Deployment', (one) => delete pod(one).containers[0].resources.limits],
    ['an image with a tag', 'Deployment', (one) => (pod(one).containers[0].image = 'a/b:latest')],
    ['a startup probe', 'StatefulSet', (one) => delete pod(one).containers[0].startupProbe],
    ['settings hold no secret', 'ConfigMap', (one) => (one['data'].A_TOKEN = 'x')],
    ['many pods have a budget', 'PodDisruptionBudget', (one) => (one['metadata'].name = 'another')],
    ['jobs end', 'Job', (one) => delete one['spec'].activeDeadlineSeconds],
    ['a liveness', 'Deployment', (one) => delete pod(one).containers[0].livenessProbe],
    ['no secret among', 'Deployment', (one) => (pod(one).containers[0].env = [{ name: 'A_TOKEN', value: 'x' }])],
    ['every variable once', 'Deployment', (one) => (pod(one).containers[0].env = [{ name: 'A' }, { name: 'A' }])],
    ['listens above 1024', 'Deployment', (one) => (pod(one).containers[0].ports[0].containerPort = 80)],
    ['everything has the six labels', 'Deployment', (one) => (one['metadata'].labels = {})],
    ['services lead somewhere', 'Service', (one) => (one['spec'].selector = { a: 'b' })],
    ['walls stand around', 'NetworkPolicy', (one) => (one['spec'].podSelector.matchLabels = { a: 'b' })],
    ['an autoscaler alone', 'Deployment', (one) => (one['spec'].replicas = 2)],
    ['a budget is for more', 'HorizontalPodAutoscaler', (one) => (one['spec'].minReplicas = 1)],
    ['rights are for named', 'Role', (one) => delete one['rules'][0].resourceNames],
    ['what runs by the clock', 'CronJob', (one) => delete one['spec'].jobTemplate.spec.activeDeadlineSeconds],
    ['nothing reaches beyond', 'Role', (one) => (one['kind'] = 'ClusterRole')],
    ['only stable versions', 'Role', (one) => (one['apiVersion'] = 'rbac.authorization.k8s.io/v1beta1')],
    ['selectors are name', 'Deployment', (one) => (one['spec'].selector.matchLabels.version = '1')],
    ['every reference leads', 'ConfigMap', (one) => (one['metadata'].name = 'another')],
    ['names are short', 'CronJob', (one) => (one['metadata'].name = 'a'.repeat(53))],
  ])('%s', (name, kind, change) => {
    const rules = [...POD_RULES, ...RELEASE_RULES].filter((rule) => rule.name.includes(name));

    expect(rules.length).toBeGreaterThan(0);
    for (const rule of rules) expect(rule.faults(changed(kind, change))).not.toEqual([]);
  });
});
