import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { UMBRELLA_VALUES } from '../src/charts/umbrella.ts';
import { fleetChartFiles } from '../src/fleet-app.ts';
import { defaultsOf, Group, overlaid, type Spec } from '../src/helm/values.ts';
import { valuesSchema } from '../src/helm/values-schema.ts';
import { ChartFolder, HELMS } from './helm.ts';

const validate = new Ajv({ strict: false }).compile(valuesSchema(UMBRELLA_VALUES));
const DEFAULTS = defaultsOf(UMBRELLA_VALUES);

/** A value of each type of JSON. */
const KINDS: readonly unknown[] = ['a: {{ b }}', -1, 1.5, 1e12, true, [1], [{ a: null }], { a: { b: 1 } }];

/** The path of each value, and of each group. */
function pathsOf(spec: Spec, path: readonly string[] = []): (readonly string[])[] {
  return Object.entries(spec).flatMap(([key, value]) => {
    const at = [...path, key];
    return value instanceof Group ? [at, ...pathsOf(value.spec, at)] : [at];
  });
}

// biome-ignore lint/style/noProcessEnv: how long is said to tests, not to the program
const STRIDE = Number(process.env['FLEET_CHART_RUNS'] ?? 0) > 100 ? 1 : 7;

function nested([key, ...rest]: readonly string[], value: unknown): object {
  return { [key ?? '']: rest.length === 0 ? value : nested(rest, value) };
}

const PATHS = pathsOf(UMBRELLA_VALUES);

describe('the schema', () => {
  test('refuses a value that is taken away with null, whichever it is', () => {
    const letThrough = PATHS.filter((path) => validate(overlaid(DEFAULTS, nested(path, null))));

    expect(letThrough).toEqual([]);
  });

  test('refuses keys that nobody knows, wherever they are, but what other charts share', () => {
    const groups = [[], ...PATHS.filter((path) => groupAt(path))];
    const letThrough = groups.filter((path) => validate(overlaid(DEFAULTS, nested([...path, 'unknwon'], 1))));

    expect(letThrough).toEqual([['global']]);
  });

  test.each<[string, unknown]>([
    ['extraEnv', [{ name: 'A', value: 5 }]],
    ['extraEnv', [{ name: 'a b', value: '' }]],
    ['tolerations', [{ key: 1 }]],
    ['tolerations', [{ name: 'x' }]],
    ['affinity', { nodeAffinity: 5 }],
    ['affinity', { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } }],
    ['podSecurityContext', { runAsUser: 'x' }],
    ['podSecurityContext', { capabilities: {} }],
    ['securityContext', { capabilities: 5 }],
    ['resources', { limits: { memory: 'abc' } }],
    ['resources', { limits: { memory: -5 } }],
    ['podLabels', { 'a b': 'c' }],
    ['podLabels', { a: 'b c' }],
    ['podAnnotations', { 'a b': 'c' }],
    ['nodeSelector', { '': '' }],
    ['priorityClassName', 'a: {{ b }}'],
  ])('refuses for api.%s what Kubernetes would refuse: %j', (key, value) => {
    expect(validate(overlaid(DEFAULTS, { api: { [key]: value } }))).toBe(false);
  });

  test('lets security contexts and resources lose what they have', () => {
    const values = { api: { podSecurityContext: { runAsUser: null }, resources: { limits: { memory: null } } } };

    expect(validate(overlaid(DEFAULTS, values))).toBe(true);
  });

  test.each([
    ['one without a name', [{ adapter: 'tcp://a:1' }]],
    ['one at a serial port', [{ name: 'polo', adapter: '/dev/ttyUSB0' }]],
    ['one at a port that there can not be', [{ name: 'polo', adapter: 'tcp://a:65536' }]],
    ['one with a name for nobody', [{ name: 'Polo', adapter: 'tcp://a:1' }]],
  ])('refuses of cars %s', (_what, cars) => {
    expect(validate(overlaid(DEFAULTS, { edge: { enabled: true, cars } }))).toBe(false);
  });
});

function groupAt(path: readonly string[]): boolean {
  const found = path.reduce<unknown>(
    (spec, key) => (spec instanceof Group ? spec.spec : (spec as Spec))[key],
    UMBRELLA_VALUES,
  );
  return found instanceof Group;
}

describe.each(HELMS)('with $name', ({ name, isThere }) => {
  const testWithHelm = isThere ? test : test.skip;
  let folder: ChartFolder;

  beforeAll(() => {
    folder = new ChartFolder(fleetChartFiles());
  });

  afterAll(() => folder.dispose());

  /** Helm's words, empty where it takes the values. */
  const wordsOf = (values: object) =>
    folder.template(name, { values }).then(
      () => '',
      ({ message }: Error) => message,
    );

  testWithHelm(
    'values of every type end in objects, or in words about values: never in a broken manifest',
    async () => {
      const odd: string[] = [];
      const tried = PATHS.filter((_, index) => index % STRIDE === 0);
      for (const [index, path] of tried.entries()) {
        const words = await wordsOf(nested(path, KINDS[index % KINDS.length]));
        if (!/^$|specification|schema|execution error at|type mismatch on/.test(words))
          odd.push(`${path.join('.')}: ${words}`);
      }

      expect(odd).toEqual([]);
    },
    300_000,
  );

  testWithHelm('says which value is wrong', async () => {
    expect(await wordsOf({ api: { replicas: 'two' } })).toMatch(/replicas/);
    expect(await wordsOf({ api: { replica: 2 } })).toMatch(/replica/);
    expect(await wordsOf({ grafna: { enabled: false } })).toMatch(/grafna/);
  });

  testWithHelm.each<[string, object, RegExp]>([
    ['no InfluxDB', { influxdb: { enabled: false } }, /there is no InfluxDB: set influxdb.enabled/],
    ['two InfluxDBs', { global: { influxdb: { url: 'http://x', existingSecret: 'y' } } }, /there are two InfluxDBs/],
    ['no tokens', { influxdb: { enabled: false }, global: { influxdb: { url: 'http://x' } } }, /existingSecret/],
    ['no broker', { mosquitto: { enabled: false } }, /there is no broker/],
    [
      'two cars with one name',
      {
        edge: {
          enabled: true,
          cars: [
            { name: 'polo', adapter: 'tcp://a:1' },
            { name: 'polo', adapter: 'tcp://b:1' },
          ],
        },
      },
      /two of edge.cars have the same name/,
    ],
    ['many pods on one folder', { api: { store: 'sqlite' } }, /works with one pod/],
  ])('%s is told with what to do', async (_what, values, words) => {
    expect(await wordsOf(values)).toMatch(words);
  });
});
