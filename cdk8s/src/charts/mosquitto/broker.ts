/** The broker, and beside it what keeps its accounts as the keys are. */
import { Construct } from 'constructs';
import type { Container } from 'kubernetes-types/core/v1.js';
import { Account } from '../../constructs/account.ts';
import { INFLUXDB_CONNECTION, SECRETS_FOLDER, toInfluxdb, tokenFile } from '../../constructs/database-access.ts';
import { IMAGE, imageText, MQTT_SECRET, nameOf, shared } from '../../constructs/global-values.ts';
import { GROUP_READS, mount, scratch } from '../../constructs/pod.ts';
import { StatefulStore } from '../../constructs/stateful-store.ts';
import { components, tcp, Walls } from '../../constructs/walls.ts';
import { json, sha256 } from '../../helm/operators.ts';
import { commented, type Fields, when } from '../../helm/template.ts';
import { valueRef } from '../../helm/values.ts';
import { FOLDERS, hasTls, TLS_SECRET } from './places.ts';
import { mosquitto } from './values.ts';

const COMPONENT = 'mosquitto';

/** Whoever can sign in finds a broker that works. */
const SIGN_IN = [
  `mosquitto_sub -h 127.0.0.1 -p 1883 -u "$MQTT_USERNAME" -P "$(cat ${SECRETS_FOLDER}/MQTT_PASSWORD)"`,
  '-i probe -t telemetry/probe -E -W 5',
].join(' ');

export class Broker extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Account(this, 'account', { component: COMPONENT });
    new Walls(this, 'walls', {
      component: COMPONENT,
      ingress: [
        { from: components('mqtt-bridge'), ports: tcp('mqtt') },
        when(mosquitto.plain, { ports: tcp('mqtt') }),
        when(hasTls, { ports: tcp('mqtts') }),
      ],
      egress: [toInfluxdb()],
    });
    new StatefulStore(this, 'store', {
      component: COMPONENT,
      values: mosquitto,
      persistence: mosquitto.persistence,
      annotations: { 'checksum/values': sha256(json(valueRef('int', ['maxQueuedMessages']))) },
      service: mosquitto.service,
      ports: [
        { name: 'mqtt', port: 1883, targetPort: 'mqtt' },
        when(hasTls, { name: 'mqtts', port: 8883, targetPort: 'mqtts' }),
      ],
      initContainers: [sync()],
      containers: [broker()],
      volumes: [
        { name: 'config', configMap: { name: nameOf(COMPONENT) } },
        commented('In memory: hashes of keys never lie on a disk.', scratch('accounts', '16Mi', true)),
        {
          name: 'secrets',
          projected: {
            defaultMode: GROUP_READS,
            sources: [{ secret: { name: MQTT_SECRET } }, tokenFile('INFLUX_TOKEN')],
          },
        },
        when(hasTls, { name: 'tls', secret: { secretName: TLS_SECRET, defaultMode: GROUP_READS } }),
        scratch('tmp', '64Mi'),
      ],
      more: {
        shareProcessNamespace: commented('So that the broker can be told to read its files again.', true),
        terminationGracePeriodSeconds: 60,
      },
    });
  }
}

/** Runs beside the broker from before its start: restartPolicy Always makes it a sidecar. */
function sync(): Fields<Container> {
  return {
    name: 'sync',
    image: IMAGE,
    imagePullPolicy: shared.image.pullPolicy,
    restartPolicy: 'Always',
    command: ['fleet', 'mqtt', 'broker-sync', '--directory', FOLDERS.accounts, '--signal-process', 'mosquitto'],
    envFrom: [INFLUXDB_CONNECTION],
    env: [
      { name: 'STORE', value: 'influxdb' },
      { name: 'INFLUX_TOKEN_FILE', value: `${SECRETS_FOLDER}/INFLUX_TOKEN` },
      { name: 'MQTT_USERNAME', value: shared.mqtt.username },
      { name: 'MQTT_PASSWORD_FILE', value: `${SECRETS_FOLDER}/MQTT_PASSWORD` },
    ],
    startupProbe: commented('The broker starts when there are accounts.', {
      exec: { command: ['test', '-f', `${FOLDERS.accounts}/acl`] },
      periodSeconds: 2,
      failureThreshold: 900,
    }),
    resources: mosquitto.sync.resources,
    securityContext: mosquitto.securityContext,
    volumeMounts: [
      mount('accounts', FOLDERS.accounts),
      mount('secrets', SECRETS_FOLDER, true),
      when(hasTls, mount('tls', FOLDERS.tls, true)),
      mount('tmp', '/tmp'),
    ],
  };
}

function broker(): Fields<Container> {
  return {
    name: COMPONENT,
    image: imageText(mosquitto.image),
    imagePullPolicy: shared.image.pullPolicy,
    command: ['mosquitto', '-c', `${FOLDERS.config}/mosquitto.conf`],
    env: [{ name: 'MQTT_USERNAME', value: shared.mqtt.username }],
    ports: [{ name: 'mqtt', containerPort: 1883 }, when(hasTls, { name: 'mqtts', containerPort: 8883 })],
    livenessProbe: { tcpSocket: { port: 'mqtt' }, periodSeconds: 20, failureThreshold: 6 },
    readinessProbe: { exec: { command: ['sh', '-c', SIGN_IN] }, periodSeconds: 10, timeoutSeconds: 10 },
    resources: mosquitto.resources,
    securityContext: mosquitto.securityContext,
    volumeMounts: [
      mount('config', FOLDERS.config, true),
      mount('accounts', FOLDERS.accounts, true),
      mount('data', FOLDERS.data),
      mount('secrets', SECRETS_FOLDER, true),
      when(hasTls, mount('tls', FOLDERS.tls, true)),
      mount('tmp', '/tmp'),
    ],
  };
}
