/** The subchart `mosquitto`: a broker whose passwords and access list are the keys of devices. */
import type { Construct } from 'constructs';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { ConfigFiles } from '../../constructs/config-files.ts';
import { GeneratedSecret } from '../../constructs/generated-secret.ts';
import { nameOf, shared } from '../../constructs/global-values.ts';
import { metadataOf } from '../../constructs/pod.ts';
import { HelmChart } from '../../helm/helm-chart.ts';
import { Manifest } from '../../helm/manifest.ts';
import { Lines, when } from '../../helm/template.ts';
import { text } from '../../helm/text.ts';
import { CHART_VERSION } from '../chart-version.ts';
import { Broker } from './broker.ts';
import { FOLDERS, hasTls, TLS_SECRET } from './places.ts';
import { MOSQUITTO_VALUES, mosquitto } from './values.ts';

const CONFIG = new Lines([
  '# Nobody without a password; who may publish and read what is in the access list.',
  'allow_anonymous false',
  `password_file ${FOLDERS.accounts}/passwords`,
  `acl_file ${FOLDERS.accounts}/acl`,
  '',
  'listener 1883',
  when(hasTls, ['', 'listener 8883', `certfile ${FOLDERS.tls}/tls.crt`, `keyfile ${FOLDERS.tls}/tls.key`]),
  '',
  '# What waits for the API survives a restart. What came in the last seconds is lost when the broker is killed: so a',
  '# device forgets an event only when stored/<vehicle> names it.',
  'persistence true',
  `persistence_location ${FOLDERS.data}/`,
  'autosave_interval 5',
  text`max_queued_messages ${mosquitto.maxQueuedMessages}`,
  'max_queued_bytes 0',
  '# The API stores so many in one commit.',
  'max_inflight_messages 1000',
  'message_size_limit 1049600',
  'persistent_client_expiration 2m',
  'log_dest stdout',
]);

/** As far as it is used here. */
interface Certificate {
  readonly apiVersion: 'cert-manager.io/v1';
  readonly kind: 'Certificate';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly secretName: string;
    readonly dnsNames: readonly string[];
    readonly issuerRef: { readonly name: string; readonly kind: string };
  };
}

export class MosquittoChart extends HelmChart {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      info: { name: 'mosquitto', description: 'Mosquitto for Fleet Telemetry, with its keys.', ...CHART_VERSION },
      values: MOSQUITTO_VALUES,
    });
    new ConfigFiles(this, 'config', { component: 'mosquitto', data: { 'mosquitto.conf': CONFIG } });
    new GeneratedSecret(this, 'auth', {
      component: 'mosquitto',
      secret: 'mqtt-auth',
      existing: shared.mqtt.existingSecret,
    });
    new Broker(this, 'broker');
    const { enabled, issuer, issuerKind, dnsNames } = mosquitto.tls.certificate;
    new Manifest<Certificate>(
      this,
      'certificate',
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: metadataOf('mosquitto', { name: nameOf('mosquitto') }),
        spec: { secretName: TLS_SECRET, dnsNames, issuerRef: { name: issuer, kind: issuerKind } },
      },
      { when: enabled },
    );
  }
}
