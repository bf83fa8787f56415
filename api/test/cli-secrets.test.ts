import { describe, expect, test } from '@jest/globals';
import { type ForRelease, missingSecrets } from '../src/cli/secrets/missing-secrets.ts';
import { KUBERNETES_SECRETS } from '../src/kubernetes-secrets.ts';

const NAMES = Object.keys(KUBERNETES_SECRETS).map((name) => `fleet-${name}`);
const HERE: ForRelease = { release: 'fleet', namespace: 'cars', cars: [] };
const all = (where = HERE) => missingSecrets(where, []).map(({ manifest }) => manifest);

describe('the Secrets of the chart', () => {
  test('are all made where there are none, each value its own', () => {
    const made = all();
    const values = made.flatMap(({ data }) => Object.values(data));

    expect(made.map(({ metadata }) => metadata.name)).toEqual(NAMES);
    expect(made.every(({ metadata }) => metadata.namespace === 'cars')).toBe(true);
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(Buffer.from(value, 'base64').toString()).toMatch(/^[\w-]{40}$/);
  });

  test('are left alone where they are there', () => {
    expect(missingSecrets(HERE, all())).toEqual([]);
  });

  test('get what they lack, and keep what they have', () => {
    const [first, ...others] = all().filter(({ metadata }) => metadata.name !== 'fleet-mqtt-auth');
    const data = { ADMIN_TOKEN: first?.data['ADMIN_TOKEN'] ?? '', mine: 'bXk=' };
    const made = missingSecrets(HERE, [{ metadata: { name: 'fleet-api-auth' }, data }, ...others]);

    expect(made.map(({ manifest, made: keys }) => [manifest.metadata.name, keys])).toEqual([
      ['fleet-api-auth', ['METRICS_KEY', 'TEST_KEY']],
      ['fleet-mqtt-auth', ['MQTT_PASSWORD']],
    ]);
    expect(made[0]?.manifest.data).toMatchObject(data);
    expect(Object.keys(made[0]?.manifest.data ?? {})).toEqual(['ADMIN_TOKEN', 'mine', 'METRICS_KEY', 'TEST_KEY']);
  });

  test('have a key for each car that there is a program for, and a car more changes no other', () => {
    const present = all({ ...HERE, cars: ['golf'] });
    const [edge] = missingSecrets({ ...HERE, cars: ['golf', 'polo'] }, present);

    expect(edge?.manifest.metadata.name).toBe('fleet-edge-auth');
    expect(edge?.made).toEqual(['edge-polo']);
    expect(edge?.manifest.data['edge-golf']).toBe(present.at(-1)?.data['edge-golf']);
  });

  test("are named as the chart names them, for long release's names too", () => {
    const [first] = all({ ...HERE, release: `my.${'x'.repeat(31)}-prod` });

    expect(first?.metadata.name).toBe(`my-${'x'.repeat(31)}-api-auth`);
  });
});
