/** A chart and a subchart that use everything that the mechanism knows, and belong to nobody. */
import { App } from 'cdk8s';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { ConfigMap, Secret, Service, Toleration } from 'kubernetes-types/core/v1.js';
import { defineBare, defineEntries, defineWord } from '../src/helm/definition.ts';
import { HelmChart } from '../src/helm/helm-chart.ts';
import { Manifest } from '../src/helm/manifest.ts';
import {
  and,
  builtIn,
  equals,
  fileText,
  hasApi,
  isEachOnce,
  isMoreThan,
  json,
  keptSecret,
  not,
  or,
  orElse,
  percentOf,
  portOf,
  replaced,
  sha256,
  shortened,
  without,
} from '../src/helm/operators.ts';
import { commented, Each, EachEntry, Lines, merge, optional, spread, when } from '../src/helm/template.ts';
import { choose, text, Words } from '../src/helm/text.ts';
import * as v from '../src/helm/values.ts';

const TEXTS = { additionalProperties: { type: 'string' } };
const ANY_OBJECT = { type: 'object' };

const SUB_VALUES = {
  global: v.openGroup('Shared.', { region: v.anyText('', 'Where it runs.') }),
  note: v.anyText('', 'A note.'),
};

const SAMPLE_VALUES = {
  global: v.openGroup('Shared.', { region: v.anyText('', 'Where it runs.') }),
  sub: v.subchart('The subchart.', true, SUB_VALUES),
  replicas: v.int(0, 100_000_000, 2, 'Pods.'),
  memoryMiB: v.int(1, 1_000_000, 3072, 'Memory.'),
  name: v.formed('', 'Another name.', /^([a-z][a-z0-9-]{0,60}[a-z0-9])?$/, ['a-name', `a${'b'.repeat(50)}`]),
  mode: v.oneOf(['direct', 'buffered'], 'direct', 'How it works.'),
  greeting: v.anyText('hello', 'What it says.'),
  verbose: v.bool(false, 'Whether it says more.'),
  labels: v.map<Record<string, string>>({}, 'Labels.', TEXTS, [{ a: 'b' }]),
  security: v.map<{ runAsUser?: number; runAsNonRoot?: boolean }>(
    { runAsUser: 1000, runAsNonRoot: true },
    'Rights.',
    {},
    [{}, { runAsUser: 10_000_000 }],
  ),
  tolerations: v.list<Toleration>([], 'Tolerations.', ANY_OBJECT, [[{ key: 'a', operator: 'Exists' }]]),
  cars: v.list<{ name: string; address?: string }>([], 'Cars.', ANY_OBJECT, [
    [{ name: 'a' }, { name: 'yes', address: 'tcp://b:65535' }],
    [{ name: 'a' }, { name: 'a' }],
  ]),
  hosts: v.list<string>(['a.example.org'], 'Hosts.', { type: 'string' }, [[], ['b', 'yes', 'it is: {{ x }}']]),
};

const $ = v.refs(SAMPLE_VALUES);
const CAR = v.localRef<string>('bare', 'car', 'name');
const ADDRESS = v.localRef<string>('bare', 'car', 'address');
const CARS = defineBare('sample.cars', new Words($.cars, 'car', CAR));
const FULLNAME = defineWord('sample.fullname', shortened(replaced(orElse($.name, builtIn.release), '.', '-'), 40));
const IMAGE = defineWord(
  'sample.image',
  text`host/sample${choose($.verbose, text`@${$.mode}`, text`:${builtIn.appVersion}`)}`,
);
const LABELS = defineEntries('sample.labels', {
  'app/instance': builtIn.release,
  'app/chart': text`${builtIn.chart}-${builtIn.version}`,
});
const CONF = new Lines([
  'first: {{ no template }}',
  text`replicas ${$.replicas}`,
  when($.verbose, ['verbose', when(equals($.mode, 'buffered'), ['buffer on'])], ['quiet']),
  '',
  text`mode ${$.mode}`,
]);

class Workload extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Manifest<Deployment>(
      this,
      'deployment',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: FULLNAME, labels: merge(LABELS, { component: 'a' }, $.labels), annotations: merge($.labels) },
        spec: {
          replicas: commented('what the autoscaler sets, nobody else does', when(not($.verbose), $.replicas)),
          selector: { matchLabels: { a: 'b' } },
          template: {
            metadata: { labels: { a: 'b', sum: sha256(json($.labels), 8) } },
            spec: {
              securityContext: when($.verbose, without($.security, 'runAsUser'), $.security),
              nodeSelector: optional($.labels),
              tolerations: optional($.tolerations),
              schedulerName: optional($.greeting),
              volumes: [{ name: 'a', emptyDir: {} }, when($.verbose, { name: 'b', emptyDir: {} })],
              initContainers: [when(isMoreThan($.replicas, 3), { name: 'many', image: IMAGE })],
              containers: [
                {
                  name: 'main',
                  image: IMAGE,
                  command: [
                    'a',
                    'yes',
                    $.greeting,
                    text`--replicas=${$.replicas}`,
                    text`${$.replicas}`,
                    text`say ${$.greeting}%`,
                  ],
                  env: [
                    { name: 'LIMIT', value: text`${percentOf($.memoryMiB, 85)}MiB` },
                    new Each($.hosts, 'host', { name: 'HOST', value: v.localRef<string>('text', 'host') }),
                    new Each($.hosts, 'host', {
                      name: 'MODE',
                      value: text`${$.mode} of ${v.localRef<string>('text', 'host')}`,
                    }),
                  ],
                  resources: { limits: { memory: text`${$.memoryMiB}Mi` }, requests: {} },
                },
              ],
            },
          },
        },
      },
      { file: 'workload' },
    );
    new Manifest<Service>(
      this,
      'service',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: text`${FULLNAME}-main`, labels: { on: 'off', '1': '2', 'odd {{key}}': '{{ value }}' } },
        spec: {
          ports: [{ port: 80, targetPort: 'http' }, spread($.tolerations)],
          externalIPs: [new Each($.hosts, 'h', 'x')],
        },
      },
      {
        file: 'workload',
        when: or($.verbose, and(hasApi('example.org/v1'), equals($.mode, 'direct'))),
        comment: 'A way in.',
      },
    );
  }
}

export function sampleChart(): HelmChart {
  const info = { description: 'A sample.', version: '1.2.3', appVersion: '4.5.6' };
  const chart = new HelmChart(new App(), 'sample', {
    info: { ...info, name: 'sample' },
    values: SAMPLE_VALUES,
    files: new Map([['files/board.json', '{"title": "{{vin}}"}']]),
    notes: ['Hello.', when($.verbose, [text`It runs ${$.replicas} times.`])],
    guards: [
      { unless: or(not($.verbose), not(equals($.greeting, 'quiet'))), message: 'quiet and verbose: say which' },
      { unless: isEachOnce(CARS), message: 'two cars have one name' },
    ],
  });
  new Workload(chart, 'workload');
  new Manifest<ConfigMap>(chart, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: text`${FULLNAME}-config` },
    data: {
      conf: CONF,
      'board.json': fileText('files/board.json'),
      values: json($.security),
      text: 'two\n{{ lines }}\n',
    },
  });
  new Manifest<ConfigMap>(
    chart,
    'car',
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: text`${FULLNAME}-${CAR}` },
      data: merge({
        port: when(ADDRESS, text`${portOf(ADDRESS)}`),
        address: optional(ADDRESS),
        greeting: $.greeting,
      }),
    },
    { each: { list: $.cars, local: 'car' }, when: not($.verbose) },
  );
  const secret = text`${FULLNAME}-secret`;
  new Manifest<Secret>(
    chart,
    'secret',
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secret },
      data: merge(
        { password: keptSecret(secret, 'password') },
        new EachEntry($.cars, 'car', [text`car-${CAR}`, keptSecret(secret, text`car-${CAR}`)]),
      ),
    },
    { onlyHelm: true },
  );
  const sub = new HelmChart(chart, 'sub', { info: { ...info, name: 'sub' }, values: SUB_VALUES });
  const $sub = v.refs(SUB_VALUES);
  new Manifest<ConfigMap>(sub, 'config', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: text`${FULLNAME}-sub` },
    data: { note: $sub.note, region: $sub.global.region, values: json(builtIn.values) },
  });
  return chart;
}
