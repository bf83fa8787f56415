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
