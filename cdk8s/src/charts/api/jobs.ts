/** What works beside the API: the subscriber of the broker, and what looks after summaries. */
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { Account } from '../../constructs/account.ts';
import { SECRETS_FOLDER, toInfluxdb } from '../../constructs/database-access.ts';
import { MQTT_SECRET, nameOf, shared } from '../../constructs/global-values.ts';
import { GROUP_READS, metadataOf, mount, podTemplate, selectorOf } from '../../constructs/pod.ts';
import { ScheduledCommand } from '../../constructs/scheduled-command.ts';
import { toAnywhere, toComponent, Walls } from '../../constructs/walls.ts';
import type { Expr } from '../../helm/expression.ts';
import { Manifest } from '../../helm/manifest.ts';
import { and } from '../../helm/operators.ts';
import { when } from '../../helm/template.ts';
import { isShared, SETTINGS_DIGEST, secretsVolume, serverContainer, TMP } from './pods.ts';
import { api } from './values.ts';

/** The subscriber. There is one, and its session at the broker is its own: its name never changes. */
export class MqttBridge extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const component = 'mqtt-bridge';
    const isThere = and(api.mqttBridge.enabled, isShared);
    const place = { component, file: 'mqtt-bridge', when: isThere };
    new Account(this, 'account', place);
    new Walls(this, 'walls', {
      ...place,
      egress: [toInfluxdb(), when(shared.mqtt.url, toAnywhere(1883, 8883), toComponent('mosquitto', 'mqtt'))],
    });
    const container = serverContainer(component, ['fleet', 'mqtt', 'bridge']);
    const probe = (path: string) => ({ httpGet: { path, port: 'http' }, periodSeconds: 5, timeoutSeconds: 5 });
    new Manifest<StatefulSet>(
      this,
      'statefulset',
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: metadataOf(component),
        spec: {
          replicas: 1,
          serviceName: nameOf(component),
          selector: { matchLabels: selectorOf(component) },
          template: podTemplate({
            component,
            values: api,
            annotations: SETTINGS_DIGEST,
            containers: [
              {
                ...container,
                envFrom: [...container.envFrom, { configMapRef: { name: nameOf('mqtt-connection') } }],
                ports: [{ name: 'http', containerPort: 3000 }],
                startupProbe: { ...probe('/healthz'), failureThreshold: 60 },
                livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 6 },
                readinessProbe: probe('/readyz'),
                resources: api.mqttBridge.resources,
                volumeMounts: [...container.volumeMounts, mount('mqtt', `${SECRETS_FOLDER}-mqtt`, true)],
              },
            ],
            volumes: [
              secretsVolume(),
              TMP,
              { name: 'mqtt', secret: { secretName: MQTT_SECRET, defaultMode: GROUP_READS } },
            ],
          }),
        },
      },
      { file: 'mqtt-bridge', when: isThere },
    );
  }
}

/** Summaries for dashboards: the last hours every few minutes, everything once a day. */
export class Summaries extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const component = 'summarize';
    const place = { component, file: 'summarize', when: isShared };
    new Account(this, 'account', place);
    new Walls(this, 'walls', { ...place, egress: [toInfluxdb()] });
    this.#command('summarize', api.summarize.schedule, '6h');
    this.#command('summarize-all', api.summarize.fullSchedule, '3650d');
  }

  #command(name: string, schedule: Expr<string>, since: string): void {
    const container = serverContainer('summarize', ['fleet', 'summarize', '--since', since]);
    new ScheduledCommand(this, name, {
      component: 'summarize',
      name,
      file: 'summarize',
      schedule,
      deadline: 3_600,
      when: isShared,
      values: api,
      containers: [{ ...container, resources: api.summarize.resources }],
      volumes: [secretsVolume(), TMP],
    });
  }
}
