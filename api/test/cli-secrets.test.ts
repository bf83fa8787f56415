import { describe, expect, test } from '@jest/globals';
import { missingSecrets } from '../src/cli/secrets/missing-secrets.ts';
import { KUBERNETES_SECRETS } from '../src/kubernetes-secrets.ts';

const NAMES = Object.keys(KUBERNETES_SECRETS).map((name) => `fleet-${name}`);

describe('the Secrets of the chart', () => {
  test('are all made where there are none, each value its own', () => {
    const made = missingSecrets('fleet', 'cars', []);
    const values = made.flatMap(({ data }) => Object.values(data));

    expect(made.map(({ metadata }) => metadata.name)).toEqual(NAMES);
    expect(made.every(({ metadata }) => metadata.namespace === 'cars')).toBe(true);
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(Buffer.from(value, 'base64').toString()).toMatch(/^[\w-]{40}$/);
  });

  test('are left alone where they are there', () => {
    const present = missingSecrets('fleet', 'cars', []);

    expect(missingSecrets('fleet', 'cars', present)).toEqual([]);
  });

  test('get what they lack, and nothing else', () => {
    const present = missingSecrets('fleet', 'cars', []).filter(({ metadata }) => metadata.name !== 'fleet-mqtt-auth');
    const [first, ...others] = present;
    const lacking = { metadata: { name: 'fleet-api-auth' }, data: { ADMIN_TOKEN: first?.data['ADMIN_TOKEN'] ?? '' } };
    const made = missingSecrets('fleet', 'cars', [lacking, ...others]);

    expect(made.map(({ metadata, data }) => [metadata.name, Object.keys(data)])).toEqual([
      ['fleet-api-auth', ['METRICS_KEY', 'TEST_KEY']],
      ['fleet-mqtt-auth', ['MQTT_PASSWORD']],
    ]);
  });

  test("are named as the chart names them, for long release's names too", () => {
    const [first] = missingSecrets(`my.${'x'.repeat(31)}-prod`, 'cars', []);

    expect(first?.metadata.name).toBe(`my-${'x'.repeat(31)}-api-auth`);
  });
});
