/** InfluxDB itself. */
import { Construct } from 'constructs';
import { Account } from '../../constructs/account.ts';
import { INFLUXDB_PORT } from '../../constructs/database-access.ts';
import { imageText, shared } from '../../constructs/global-values.ts';
import { mount, scratch } from '../../constructs/pod.ts';
import { StatefulStore } from '../../constructs/stateful-store.ts';
import { fromComponents, Walls } from '../../constructs/walls.ts';
import { defineWord } from '../../helm/definition.ts';
import { percentOf, times } from '../../helm/operators.ts';
import { commented } from '../../helm/template.ts';
import { text } from '../../helm/text.ts';
import { influxdb } from './values.ts';

const COMPONENT = 'influxdb';
const FOLDER = '/var/lib/influxdb2';
const MIB = 1_048_576;

/** Who works with it. */
const CLIENTS = ['api', 'mqtt-bridge', 'summarize', 'mosquitto', 'grafana', 'setup', 'backup'];

export const INFLUXDB_IMAGE = defineWord('fleet.influxdb.image', imageText(influxdb.image));

export class Store extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Account(this, 'account', { component: COMPONENT });
    new Walls(this, 'walls', { component: COMPONENT, ingress: [fromComponents('http', ...CLIENTS)] });
    const health = { httpGet: { path: '/health', port: 'http' }, timeoutSeconds: 5 };
    new StatefulStore(this, 'store', {
      component: COMPONENT,
      values: influxdb,
      persistence: influxdb.persistence,
      ports: [{ name: 'http', port: INFLUXDB_PORT, targetPort: 'http' }],
      containers: [
        {
          name: COMPONENT,
          image: INFLUXDB_IMAGE,
          imagePullPolicy: shared.image.pullPolicy,
          command: ['influxd'],
          args: [
            `--bolt-path=${FOLDER}/influxd.bolt`,
            `--sqlite-path=${FOLDER}/influxd.sqlite`,
            `--engine-path=${FOLDER}/engine`,
            `--http-bind-address=:${INFLUXDB_PORT}`,
            text`--storage-cache-max-memory-size=${times(influxdb.cacheMiB, MIB)}`,
            '--reporting-disabled',
          ],
          env: [
            { name: 'GOMEMLIMIT', value: text`${percentOf(influxdb.memoryMiB, 85)}MiB` },
            { name: 'HOME', value: '/tmp' },
          ],
          ports: [{ name: 'http', containerPort: INFLUXDB_PORT }],
          startupProbe: commented('After a kill it reads again what it had not put in order yet.', {
            ...health,
            periodSeconds: 5,
            failureThreshold: 120,
          }),
          livenessProbe: { ...health, periodSeconds: 20, failureThreshold: 6 },
          readinessProbe: { httpGet: { path: '/ready', port: 'http' }, timeoutSeconds: 5, periodSeconds: 5 },
          resources: { requests: influxdb.requests, limits: { memory: text`${influxdb.memoryMiB}Mi` } },
          securityContext: influxdb.securityContext,
          volumeMounts: [mount('data', FOLDER), mount('tmp', '/tmp')],
        },
      ],
      volumes: [scratch('tmp', '256Mi')],
      more: { terminationGracePeriodSeconds: 120 },
    });
  }
}
