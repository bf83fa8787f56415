/** What Helm says after an installation: what to do next. */
import { nameOf } from '../constructs/global-values.ts';
import { and, builtIn, not } from '../helm/operators.ts';
import { type Line, when } from '../helm/template.ts';
import { choose, text } from '../helm/text.ts';
import type { Refs } from '../helm/values.ts';
import type { UMBRELLA_VALUES } from './umbrella.ts';

export function notes({ api, grafana, mosquitto, global }: Refs<typeof UMBRELLA_VALUES>): readonly Line[] {
  const kubectl = text`kubectl -n ${builtIn.namespace}`;
  const secret = choose(api.existingSecret, api.existingSecret, nameOf('api-auth'));
  return [
    text`Fleet Telemetry ${builtIn.appVersion} is being installed as ${builtIn.release}. When all pods are ready:`,
    '',
    '1. Try it: an event goes in, comes out, and is taken away again.',
    text`     helm test ${builtIn.release} -n ${builtIn.namespace}`,
    when(
      api.ingress.enabled,
      [
        '',
        '2. Open it; the admin token signs you in:',
        text`     http${choose(api.ingress.tlsSecret, 's', '')}://${api.ingress.host}`,
      ],
      [
        '',
        '2. Open http://localhost:3000; the admin token signs you in:',
        text`     ${kubectl} port-forward service/${nameOf('api')} 3000:${api.service.port}`,
      ],
    ),
    text`     ${kubectl} get secret ${secret} -o jsonpath='{.data.ADMIN_TOKEN}' | base64 -d`,
    '',
    '3. Make a key for what sends from a car:',
    '     curl -X POST http://localhost:3000/v1/devices -H "Authorization: Bearer ADMIN_TOKEN" \\',
    `          -H 'Content-Type: application/json' -d '{"name": "dongle", "vehicles": ["golf"]}'`,
    when(grafana.enabled, [
      '',
      'Grafana: user admin, at http://localhost:3001',
      text`     ${kubectl} port-forward service/${nameOf('grafana')} 3001:${grafana.service.port}`,
      when(not(grafana.existingSecret), [
        text`     ${kubectl} get secret ${nameOf('grafana-auth')} -o jsonpath='{.data.GRAFANA_ADMIN_PASSWORD}' | base64 -d`,
      ]),
    ]),
    when(mosquitto.enabled, ['', text`MQTT, inside of the cluster: ${nameOf('mosquitto')}:1883`]),
    when(and(global.secrets.generate, not(api.existingSecret)), [
      '',
      'Passwords and tokens were made by the chart. They stay, with the volumes, when the release is uninstalled: an',
      'installation under the same name finds both. Who deletes one must delete the other.',
    ]),
  ];
}
