/** The subchart `edge`: for each car a program that reads its dongle, keeps what it says, and sends it. */
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Container } from 'kubernetes-types/core/v1.js';
import { Account } from '../../constructs/account.ts';
import { ConfigFiles } from '../../constructs/config-files.ts';
import { SECRETS_FOLDER } from '../../constructs/database-access.ts';
import { FULLNAME, imageText, nameOf, SELECTOR, shared } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, podTemplate, scratch, selectorOf } from '../../constructs/pod.ts';
import { toAnywhere, toComponent, Walls } from '../../constructs/walls.ts';
import { defineBare, defineWord } from '../../helm/definition.ts';
import { HelmChart } from '../../helm/helm-chart.ts';
import { Manifest } from '../../helm/manifest.ts';
import { isEachOnce, json, portOf, sha256, shortened } from '../../helm/operators.ts';
import { commented, Each, type Fields, merge, optional, when } from '../../helm/template.ts';
import { text, Words } from '../../helm/text.ts';
import { localRef } from '../../helm/values.ts';
import { CHART_VERSION } from '../chart-version.ts';
import { CAR, CAR_KEY, CAR_KEYS_SECRET, CAR_NAME, CarKeys } from './car-keys.ts';
import { type Car, EDGE_VALUES, edge } from './values.ts';

const COMPONENT = 'edge';
const IMAGE = defineWord('fleet.edge.image', imageText(edge.image));
const EACH_CAR = { list: edge.cars, local: CAR };
const ADAPTER = localRef<string>('bare', CAR, 'adapter');
const RECEIVER = localRef<string>('bare', CAR, 'receiver');
const NODE_SELECTOR = localRef<Record<string, string>>('map', CAR, 'nodeSelector');

/** 26 characters, and 6, and a car's 20 are 52, the most that the name of a StatefulSet may have. */
const EDGE_NAME = defineWord('fleet.edge.name', text`${shortened(FULLNAME, 26)}-edge`);
const NAME_OF_CAR = text`${EDGE_NAME}-${CAR_NAME}`;
/** What tells the pods of one car from another's: part of the selector, for ever. */
const CAR_LABEL = { 'fleet-telemetry/car': CAR_NAME };
const CAR_NAMES = defineBare('fleet.edge.cars', new Words(edge.cars, CAR, CAR_NAME));

export class EdgeChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      info: { name: 'edge', description: 'Programs beside the cars of Fleet Telemetry.', ...CHART_VERSION },
      values: EDGE_VALUES,
      guards: [{ unless: isEachOnce(CAR_NAMES), message: 'two of edge.cars have the same name: name each once' }],
    });
    new CarKeys(this, 'secret');
    new Account(this, 'account', { component: COMPONENT });
    new Walls(this, 'walls', {
      component: COMPONENT,
      egress: [
        when(edge.serverUrl, toAnywhere(80, 443), toComponent('api', 'http')),
        new Each(edge.cars, CAR, {
          ports: [
            { protocol: 'TCP', port: portOf(ADAPTER) },
            when(RECEIVER, { protocol: 'TCP', port: portOf(RECEIVER) }),
          ],
        }),
      ],
    });
    new Cars(this, 'cars');
  }
}

/** A StatefulSet for each car: its volume is the outbox, and stays when the car's node is away. */
class Cars extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { size, storageClass } = edge.persistence;
    new ConfigFiles(this, 'settings', {
      component: COMPONENT,
      name: NAME_OF_CAR,
      each: EACH_CAR,
      data: {
        SERVER_URL: when(edge.serverUrl, edge.serverUrl, text`http://${nameOf('api')}`),
        DEVICE_KEY_FILE: `${SECRETS_FOLDER}/DEVICE_KEY`,
        VEHICLE: CAR_NAME,
        OBD_URL: ADAPTER,
        GNSS_URL: optional(RECEIVER),
        DATA_DIR: '/data',
      },
    });
    new Manifest<StatefulSet>(
      this,
      'statefulset',
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: metadataOf(COMPONENT, { name: NAME_OF_CAR }),
        spec: {
          replicas: 1,
          serviceName: NAME_OF_CAR,
          selector: { matchLabels: selectorOf(COMPONENT, CAR_LABEL) },
          template: podTemplate({
            component: COMPONENT,
            values: edge,
            labels: CAR_LABEL,
            annotations: { 'checksum/car': sha256(json(localRef<Car>('map', CAR))) },
            containers: [container()],
            volumes: [
              {
                name: 'secrets',
                secret: {
                  secretName: CAR_KEYS_SECRET,
                  defaultMode: GROUP_READS,
                  items: [{ key: CAR_KEY, path: 'DEVICE_KEY' }],
                },
              },
              scratch('tmp', '64Mi'),
            ],
            more: { nodeSelector: when(NODE_SELECTOR, NODE_SELECTOR, optional(edge.nodeSelector)) },
          }),
          // Labels that change with a version would make an upgrade fail: claims can't be changed.
          volumeClaimTemplates: [
            {
              metadata: { name: 'data', labels: merge(SELECTOR) },
              spec: {
                accessModes: ['ReadWriteOnce'],
                storageClassName: optional(storageClass),
                resources: { requests: { storage: size } },
              },
            },
          ],
        },
      },
      { each: EACH_CAR },
    );
  }
}

function container(): Fields<Container> {
  const status = {
    exec: { command: ['node', 'edge/bin/fleet-edge.js', 'status'] },
    periodSeconds: 30,
    timeoutSeconds: 20,
  };
  return {
    name: COMPONENT,
    image: IMAGE,
    imagePullPolicy: shared.image.pullPolicy,
    command: ['node', '--max-semi-space-size=1', 'edge/bin/fleet-edge.js', 'run'],
    envFrom: [{ configMapRef: { name: NAME_OF_CAR } }],
    env: optional(edge.extraEnv),
    readinessProbe: status,
    livenessProbe: commented('Whether the car or the server is reached is no reason to begin anew.', {
      ...status,
      periodSeconds: 120,
      failureThreshold: 5,
    }),
    resources: edge.resources,
    securityContext: edge.securityContext,
    volumeMounts: [mount('data', '/data'), mount('secrets', SECRETS_FOLDER, true), mount('tmp', '/tmp')],
  };
}
